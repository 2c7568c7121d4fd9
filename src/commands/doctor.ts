/** `konter doctor`: what is set up, whether it works, and what to do where it does not. */
import { ConfigError, readConfig } from "../config.ts";
import { type Check, examine } from "../doctor.ts";
import { createClock } from "../platform/clock.ts";
import { createRandom } from "../platform/random.ts";
import { textTable } from "../platform/table.ts";
import { type Command, PrintedProblem, readArgs } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export const doctor: Command = {
  usage: "doctor [--json]",
  summary: "look at settings, key file, database and every party, and say what is wrong",
  details: `Asks each party something that changes nothing, with the shop's own credentials, and says whether it
is its simulator, its own sandbox, or live. Changes nothing, also while the shop runs. Exits with 1
when something is wrong, and says what to do.
  --json   print one object with a verdict for each thing looked at`,
  async run(args, terminal) {
    const { values } = readArgs(args, { options: { json: { type: "boolean" } } });
    const checks = await look(terminal);
    const ok = checks.every((check) => check.ok);
    terminal.print(values.json ? JSON.stringify({ ok, checks }, null, 2) : toText(checks));
    if (!ok) throw new PrintedProblem();
  },
};

async function look(terminal: Terminal): Promise<Check[]> {
  try {
    const config = readConfig(terminal.env);
    return await examine(config, { clock: createClock(), random: createRandom(), fetch });
  } catch (error) {
    // Without settings there is nothing else to look at.
    if (error instanceof ConfigError) {
      return [{ name: "settings", ok: false, detail: error.message }];
    }
    throw error;
  }
}

const words = { simulator: "simulator", test: "its own sandbox", live: "live" };

function toText(checks: readonly Check[]): string {
  const rows = checks.map(({ name, ok, standing, detail }) => {
    const where = standing === undefined ? "" : `${words[standing]}: `;
    return [ok ? "ok" : "WRONG", name, where + detail];
  });
  const wrongCount = checks.filter((check) => !check.ok).length;
  const sum =
    wrongCount === 0 ? "All is well." : `${wrongCount} of ${checks.length} need somebody to act.`;
  return `${textTable(rows, 3)}\n\n${sum}`;
}
