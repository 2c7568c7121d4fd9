/** Verify: every module's proofs of the books, asked of one moment while the shop goes on selling. */
import { depositProofs } from "./deposits/verify.ts";
import { inventoryProofs } from "./inventory/verify.ts";
import { ledgerProofs } from "./ledger/verify.ts";
import { orderProofs } from "./orders/verify.ts";
import { paymentProofs } from "./payments/verify.ts";
import type { Clock } from "./platform/clock.ts";
import { type Db, inSnapshot } from "./platform/db.ts";
import type { Finding, Proof } from "./platform/proof.ts";
import { supplierProofs } from "./suppliers/verify.ts";
import { treasuryProofs } from "./treasury/verify.ts";

export const proofs: readonly Proof[] = [
  ...ledgerProofs,
  ...paymentProofs,
  ...orderProofs,
  ...depositProofs,
  ...supplierProofs,
  ...inventoryProofs,
  ...treasuryProofs,
];

export interface Verdict extends Finding {
  readonly rule: string;
  readonly ok: boolean;
  readonly tookMs: number;
}

/** Asks every proof, in one read-only snapshot. Edits nothing, whatever it finds. */
export async function verifyBooks(
  db: Db,
  deps: { clock: Clock; onVerdict?: (verdict: Verdict) => void },
): Promise<Verdict[]> {
  return inSnapshot(db, async (snapshot) => {
    const verdicts: Verdict[] = [];
    for (const proof of proofs) {
      const startedAt = deps.clock.now();
      const finding = await proof.check(snapshot);
      const tookMs = deps.clock.now().getTime() - startedAt.getTime();
      const verdict = { rule: proof.rule, ok: finding.brokenCount === 0, tookMs, ...finding };
      deps.onVerdict?.(verdict);
      verdicts.push(verdict);
    }
    return verdicts;
  });
}
