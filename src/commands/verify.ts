/** `konter verify`: proves the books, rule by rule. */
import { existsSync } from "node:fs";
import { createSigner } from "../audit/chain.ts";
import { sealsFileOf } from "../ground.ts";
import { readKeyFile } from "../platform/seal.ts";
import { type Seals, type Verdict, verifyBooks } from "../verify.ts";
import { type Command, PrintedProblem, readArgs } from "./command.ts";
import { type Shop, withShop } from "./operator.ts";
import type { Terminal } from "./terminal.ts";

export const verify: Command = {
  usage: "verify [--json]",
  summary: "prove the books: ledger, orders, purchases, stock, and the seals over all history",
  details: `Reads one moment while the shop goes on selling, and edits nothing. Progress goes to standard
error. Exits with 1 when a rule is broken, and names the first rows that break it. Seals are proved with
the key file (KEY_FILE) and with what was published of them (SEALS_FILE).
  --json   print one object with a verdict for each rule`,
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { json: { type: "boolean" } } });
    const verdicts = await withShop(terminal, async (shop) =>
      verifyBooks(shop.db, { ...shop, seals: await sealsOf(shop), onVerdict: tell(terminal) }),
    );
    terminal.print(values.json ? JSON.stringify(toJson(verdicts), null, 2) : toText(verdicts));
    if (verdicts.some((verdict) => !verdict.ok)) throw new PrintedProblem();
  },
};

/** Counts the rules on standard error as they are proved. */
function tell(terminal: Terminal): (verdict: Verdict, ofCount: number) => void {
  let done = 0;
  return (verdict, ofCount) => {
    done += 1;
    const bar = "█".repeat(done).padEnd(ofCount, "░");
    const count = String(done).padStart(String(ofCount).length);
    terminal.note(`${bar} ${count}/${ofCount} ${verdict.rule}: ${seconds(verdict)}`);
  };
}

async function sealsOf({ config, db, random }: Shop): Promise<Seals> {
  const { keyFile } = config;
  if (!existsSync(keyFile)) {
    throw new Error(
      `the seals cannot be proved without the key file, and ${keyFile} is missing: put it back from your backup, or name it with KEY_FILE`,
    );
  }
  const signer = createSigner(readKeyFile(keyFile, random));
  return { signer, sealsFile: await sealsFileOf(config, db) };
}

const word = (verdict: Verdict) => (verdict.ok ? "ok" : "BROKEN");
const seconds = (verdict: Verdict) => `${(verdict.tookMs / 1000).toFixed(1)} s`;

function toText(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map((verdict) => verdict.rule.length));
  const lines = verdicts.flatMap((verdict) => {
    const { rule, checkedCount, brokenCount, breaches } = verdict;
    const head = `${word(verdict).padEnd(6)}  ${rule.padEnd(width)}  ${checkedCount} checked`;
    const rows = breaches.map(
      ({ subject, expected, found }) =>
        `          ${subject}: expected ${expected}, found ${found}`,
    );
    const more = brokenCount > breaches.length ? ["          …"] : [];
    return [verdict.ok ? head : `${head}, ${brokenCount} broken`, ...rows, ...more];
  });
  const brokenRules = verdicts.filter((verdict) => !verdict.ok).length;
  const sum =
    brokenRules === 0
      ? `The books hold: ${verdicts.length} rules.`
      : `The books are BROKEN: ${brokenRules} of ${verdicts.length} rules. Nothing was changed.`;
  return `${lines.join("\n")}\n\n${sum}`;
}

function toJson(verdicts: readonly Verdict[]) {
  return {
    ok: verdicts.every((verdict) => verdict.ok),
    rules: verdicts.map((verdict) => ({
      rule: verdict.rule,
      verdict: word(verdict),
      checked: verdict.checkedCount,
      broken: verdict.brokenCount,
      breaches: verdict.breaches,
      took_ms: verdict.tookMs,
    })),
  };
}
