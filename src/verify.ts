/** Verify: every module's proofs of the books, asked of one moment while the shop goes on selling. */
import type { Signer } from "./audit/chain.ts";
import { sealProofs } from "./audit/verify.ts";
import { depositProofs } from "./deposits/verify.ts";
import { inventoryProofs } from "./inventory/verify.ts";
import { ledgerProofs } from "./ledger/verify.ts";
import { orderProofs } from "./orders/verify.ts";
import { paymentProofs } from "./payments/verify.ts";
import type { Clock } from "./platform/clock.ts";
import { type Db, inSnapshot } from "./platform/db.ts";
import { type Finding, firstBreaches, type Proof, type Touched } from "./platform/proof.ts";
import { supplierProofs } from "./suppliers/verify.ts";
import { treasuryProofs } from "./treasury/verify.ts";

/** What seals are proved with. */
export interface Seals {
  /** Of this shop's key file. */
  readonly signer: Signer;
  /** Where the heads of seals were published. */
  readonly sealsFile: string;
}

export interface Verdict extends Finding {
  readonly rule: string;
  readonly ok: boolean;
  readonly tookMs: number;
}

/** What the books prove by themselves. */
export const proofs: readonly Proof[] = [
  ...ledgerProofs,
  ...paymentProofs,
  ...orderProofs,
  ...depositProofs,
  ...supplierProofs,
  ...inventoryProofs,
  ...treasuryProofs,
];
const idsAtOnce = 5_000;

/** Asks every proof, in one read-only snapshot. Edits nothing, whatever it finds. */
export async function verifyBooks(
  db: Db,
  deps: {
    clock: Clock;
    seals?: Seals;
    /** Told of each verdict, and of how many there are in all. */
    onVerdict?: (verdict: Verdict, ofCount: number) => void;
  },
): Promise<Verdict[]> {
  const { seals } = deps;
  const asked = [...proofs, ...(seals ? sealProofs(seals) : [])];
  return inSnapshot(db, async (snapshot) => {
    const verdicts: Verdict[] = [];
    for (const proof of asked) {
      const verdict = await ask(deps, proof.rule, () => proof.check(snapshot));
      deps.onVerdict?.(verdict, asked.length);
      verdicts.push(verdict);
    }
    return verdicts;
  });
}

/** Asks the proofs that can be narrowed about what was touched; the caller holds one moment still. */
export async function verifyTouched(
  db: Db,
  deps: { clock: Clock },
  touched: Touched,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { rule, narrowsTo, check } of proofs) {
    if (narrowsTo === undefined) continue;
    const ids = touched[narrowsTo];
    const findings: Finding[] = [];
    const prove = async () => {
      for (let from = 0; from < ids.length; from += idsAtOnce) {
        findings.push(await check(db, ids.slice(from, from + idsAtOnce)));
      }
      return together(findings);
    };
    verdicts.push(await ask(deps, rule, prove));
  }
  return verdicts;
}

async function ask(
  { clock }: { clock: Clock },
  rule: string,
  prove: () => Promise<Finding>,
): Promise<Verdict> {
  const startedAt = clock.now();
  const finding = await prove();
  const tookMs = clock.now().getTime() - startedAt.getTime();
  return { rule, ok: finding.brokenCount === 0, tookMs, ...finding };
}

function together(findings: readonly Finding[]): Finding {
  const checkedCount = findings.reduce((sum, one) => sum + one.checkedCount, 0);
  const brokenCount = findings.reduce((sum, one) => sum + one.brokenCount, 0);
  const breaches = findings.flatMap((one) => one.breaches);
  return { ...firstBreaches(checkedCount, breaches), brokenCount };
}
