/** Run: finds the command that the arguments name, or helps. */
import { ConfigError } from "../config.ts";
import { type Command, tellError, UsageError } from "./command.ts";
import { desk } from "./desk.ts";
import { discord } from "./discord.ts";
import { doctor } from "./doctor.ts";
import { jobs } from "./jobs.ts";
import { key } from "./key.ts";
import { ledger } from "./ledger.ts";
import { migrate } from "./migrate.ts";
import { money } from "./money.ts";
import { order } from "./order.ts";
import { refund } from "./refund.ts";
import { report } from "./report.ts";
import { risk } from "./risk.ts";
import { seed } from "./seed.ts";
import { simulate } from "./simulate.ts";
import { sku } from "./sku.ts";
import { staff } from "./staff.ts";
import { start } from "./start.ts";
import { supplier } from "./supplier.ts";
import type { Terminal } from "./terminal.ts";
import { verify } from "./verify.ts";

const commands: Readonly<Record<string, Command>> = {
  start,
  doctor,
  seed,
  migrate,
  simulate,
  sku,
  supplier,
  staff,
  key,
  order,
  desk,
  discord,
  refund,
  risk,
  jobs,
  ledger,
  money,
  report,
  verify,
};

/** Runs one command. Resolves to the exit code: 2 for a wrong call, 1 for a failure. */
export async function runCommand(
  [name = "help", ...args]: string[],
  terminal: Terminal,
): Promise<number> {
  try {
    await run(name, args, terminal);
    return 0;
  } catch (error) {
    return tellError(error, terminal);
  }
}

async function run(name: string, args: string[], terminal: Terminal): Promise<void> {
  if (["help", "--help", "-h"].includes(name)) return terminal.print(help(args[0]));
  const command = commands[name];
  if (command === undefined) throw new UsageError(`there is no command ${name}\n\n${overview()}`);
  if (args.includes("--help") || args.includes("-h")) return terminal.print(explain(command));
  await command.run(args, terminal).catch((error: unknown) => {
    if (error instanceof ConfigError) throw new UsageError(error.message);
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}\n\n${explain(command)}`);
  });
}

function help(name: string | undefined): string {
  const command = name === undefined ? undefined : commands[name];
  return command === undefined ? overview() : explain(command);
}

function overview(): string {
  const all = Object.values(commands);
  const width = Math.max(...all.map((command) => command.usage.length));
  const lines = all.map((command) => `  ${command.usage.padEnd(width)}  ${command.summary}`);
  return `konter <command>

${lines.join("\n")}
  ${"help COMMAND".padEnd(width)}  what a command does and takes

Settings are environment variables: see .env.example.`;
}

function explain(command: Command): string {
  const { usage, summary, details } = command;
  return `konter ${usage}\n\n${summary[0]?.toUpperCase()}${summary.slice(1)}.${details ? `\n${details}` : ""}`;
}
