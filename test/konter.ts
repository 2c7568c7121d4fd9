/** Konter: runs a command of the command line, as a person would. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { runCommand } from "../src/commands/run.ts";
import { createTerminal } from "../src/commands/terminal.ts";
import { openStoreDatabase } from "./kept.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Settings = Readonly<Record<string, string>>;

/** Runs `konter ARGS` in this process with these settings and no others, as this account of the machine. */
export async function konter(
  args: readonly string[],
  settings: Settings,
  machineUser = "tester",
): Promise<Ran> {
  let stdout = "";
  let stderr = "";
  const terminal = createTerminal({
    env: settings,
    openStoreDatabase,
    machineUser: () => machineUser,
    screen: false,
    writeOutput(text) {
      stdout += text;
    },
    writeError(text) {
      stderr += text;
    },
    exit: (code) => assert.fail(`konter ${args.join(" ")} wants to exit with ${code}:\n${stderr}`),
  });
  const code = await runCommand([...args], terminal);
  return { code, stdout, stderr };
}

/** Runs `konter ARGS` as a process of its own, in this environment; resolves when it has ended. */
export async function konterProcess(args: readonly string[], settings: Settings): Promise<Ran> {
  const child = spawn(process.execPath, ["src/cli.ts", ...args], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...settings },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk;
  });
  const code = await new Promise<number | null>((done) => child.once("close", done));
  return { code, stdout, stderr };
}
