#!/usr/bin/env node
/** Command line: `konter <command>`. */
import { writeSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { userInfo } from "node:os";

// The second start reads compiled code: half the time until the first line of ours runs.
enableCompileCache();
const { runCommand } = await import("./commands/run.ts");
const { createTerminal } = await import("./commands/terminal.ts");

const terminal = createTerminal({
  env: process.env,
  machineUser: () => userInfo().username,
  screen: process.stderr.isTTY,
  writeOutput: (text) => process.stdout.write(text),
  writeError: (text) => writeSync(2, text),
  exit: (code) => process.exit(code),
});
const code = await runCommand(process.argv.slice(2), terminal);
// A start that failed may have left something running, which would keep the process alive.
if (code !== 0) process.stdout.write("", () => process.exit(code));
