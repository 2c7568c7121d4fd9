/** /deposit: puts money into the buyer's saldo. */
import { depositLimits } from "../../deposits/deposit.ts";
import { openDeposit } from "../../deposits/open.ts";
import { inTransaction } from "../../platform/db.ts";
import { formatRupiah, readRupiah } from "../../platform/money.ts";
import { showHere } from "../cards.ts";
import type { Context, Handled } from "../context.ts";
import { inert } from "../render/escape.ts";
import { notice } from "../render/message.ts";

/** Opens a deposit and shows how to pay it. A redelivered interaction is the same deposit. */
export async function deposit(
  context: Context,
  options: ReadonlyMap<string, string>,
): Promise<Handled> {
  const { db, customerId, texts } = context;
  const given = options.get("jumlah") ?? "";
  const amountIdr = readRupiah(given);
  if (amountIdr === undefined) return notice(texts.deposit.notAnAmount(inert(given, 40)));
  const { leastIdr, mostIdr } = depositLimits;
  if (amountIdr < leastIdr || amountIdr > mostIdr) {
    return notice(texts.deposit.outOfBounds(formatRupiah(leastIdr), formatRupiah(mostIdr)));
  }
  const key = `discord:${context.interaction.id}`;
  const wish = { key, customerId, amountIdr, method: "gopay" } as const;
  const opened = await openDeposit(db, context, wish);
  switch (opened.outcome) {
    case "opened":
      await inTransaction(db, (tx) =>
        showHere(tx, context, {
          ...context.person,
          ...context,
          of: { depositId: opened.deposit.id },
        }),
      );
      return "shown_by_card";
    case "too_many_unpaid":
      return notice(texts.deposit.tooMany);
    case "key_reused":
      return notice(texts.errors.stale);
    default:
      return opened satisfies never;
  }
}
