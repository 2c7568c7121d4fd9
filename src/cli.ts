#!/usr/bin/env node
/** Command line: `konter <command>`. */
import { enableCompileCache } from "node:module";

// The second start reads compiled code: half the time until the first line of ours runs.
enableCompileCache();
const { runCommand } = await import("./commands/run.ts");
await runCommand(process.argv.slice(2));
