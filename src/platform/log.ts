/** Log: one pino logger, built once and handed down; pretty in a terminal, JSON otherwise. */
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
  if (!options.terminal) return pino(settings, pino.destination({ dest: 2, sync: false }));
  return pino(
    settings,
    pretty({ destination: 2, translateTime: "SYS:HH:MM:ss", ignore: "pid,hostname", sync: true }),
  );
}
