/** Run: finds the command that the arguments name, or helps. */
import { ConfigError } from "../config.ts";
import { type Command, fail, print, UsageError } from "./command.ts";
import { desk } from "./desk.ts";
import { doctor } from "./doctor.ts";
import { jobs } from "./jobs.ts";
import { key } from "./key.ts";
import { ledger } from "./ledger.ts";
import { migrate } from "./migrate.ts";
import { order } from "./order.ts";
import { refund } from "./refund.ts";
import { risk } from "./risk.ts";
import { seed } from "./seed.ts";
import { simulate } from "./simulate.ts";
import { sku } from "./sku.ts";
import { staff } from "./staff.ts";
import { start } from "./start.ts";
import { supplier } from "./supplier.ts";
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
  refund,
  risk,
  jobs,
  ledger,
  verify,
};

/** Runs one command and ends the process with 2 for a wrong call, 1 for a failure. */
export async function runCommand([name = "help", ...args]: string[]): Promise<void> {
  if (["help", "--help", "-h"].includes(name)) return help(args[0]);
  const command = commands[name];
  if (command === undefined) fail(new UsageError(`there is no command ${name}\n\n${overview()}`));
  if (args.includes("--help") || args.includes("-h")) return help(name);
  await command.run(args).catch((error: unknown) => {
    if (error instanceof UsageError)
      fail(new UsageError(`${error.message}\n\n${explain(command)}`));
    fail(error instanceof ConfigError ? new UsageError(error.message) : error);
  });
}

function help(name: string | undefined): void {
  const command = name === undefined ? undefined : commands[name];
  print(command === undefined ? overview() : explain(command));
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
