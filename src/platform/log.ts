/** Log: one pino logger, built once and handed down; pretty in a terminal, JSON otherwise. */
import { writeSync } from "node:fs";
import { type Logger, pino } from "pino";
import pretty from "pino-pretty";

export type Log = Logger;

// Tokens and keys never reach a log line, wherever in an object they turn up.
const secrets = ["token", "authorization", "server_key", "api_key", "secret", "sign", "page_token"];

/** Makes the logger. `terminal` chooses sentences over JSON. */
export function createLog(options: { level: string; terminal: boolean }): Log {
  const redact = { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: "…" };
  const settings = { level: options.level, redact, base: null };
  // Standard error, because standard output belongs to what a command prints.
  if (!options.terminal) return pino(settings, standardError());
  return pino(
    settings,
    pretty({ destination: 2, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname", sync: true }),
  );
}

// A full disk must not stop the shop. (pino's own destination ends the process for it, and then
// waits for ever to write its last words.) What was lost is counted and told when there is room.
function standardError() {
  let lost = 0;
  return {
    write(line: string) {
      const told =
        lost === 0 ? line : `${JSON.stringify({ level: 40, lost_lines: lost })}\n${line}`;
      lost = writeFully(told) ? 0 : lost + 1;
    },
  };
}

const busyWaitMs = 10;
const longestBusyMs = 1_000;

/** False when it cannot be written. Waits a little for whoever reads a pipe slowly. */
function writeFully(text: string): boolean {
  let rest = Buffer.from(text);
  for (let busyMs = 0; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(2, rest));
    } catch (error) {
      const busy = error instanceof Error && "code" in error && error.code === "EAGAIN";
      if (!busy || busyMs >= longestBusyMs) return false;
      busyMs += busyWaitMs;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, busyWaitMs);
    }
  }
  return true;
}
