/** Seal card: the newest seal, as the staff's channel keeps it outside the database. */
import { inert, timestamp } from "./escape.ts";
import { card, colors, type Message } from "./message.ts";

/** Renders a seal. Pure. */
export function renderSeal(seal: { number: bigint; head: string; sealedAt: Date }): Message {
  return card({
    title: `🔏 Seal ${seal.number}`,
    description: `Up to ${timestamp(seal.sealedAt, "f")} the ledger and the audit log are sealed by this line. \`konter verify\` proves that nothing of them was changed since.\n\n${inert(seal.head)}`,
    color: colors.neutral,
  });
}
