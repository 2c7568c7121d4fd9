/** Stop: a long-running process ends in order when asked to, and at once when asked again. */
import { setTimeout as delay } from "node:timers/promises";

// npm hands a Ctrl-C down that the terminal has already sent to everybody: two signals, one wish.
const samePressMs = 500;
// What must be finished has its own, shorter limit; this one is for what hangs.
const longestStopMs = 15_000;
const signals = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Ends the process with 0 once `stop` has resolved after SIGINT or SIGTERM; `say` tells the operator.
 * A second signal ends it at once with the shell's code of that signal.
 */
export function stopOnSignal(stop: () => Promise<void>, say: (sentence: string) => void): void {
  let askedAtMs: number | undefined;
  const onSignal = (signal: keyof typeof signals) => {
    if (askedAtMs !== undefined) {
      if (performance.now() - askedAtMs < samePressMs) return;
      process.exit(signals[signal]);
    }
    askedAtMs = performance.now();
    say(`${signal}: stopping; once more ends it at once`);
    finishWithin(stop(), longestStopMs).then(
      (finished) => {
        if (!finished)
          say(`not everything stopped within ${longestStopMs / 1000} s; ending anyway`);
        process.exit(finished ? 0 : 1);
      },
      (error: unknown) => {
        say(`it did not stop in order: ${error instanceof Error ? error.message : error}`);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
}

/** True when `work` is done within so many milliseconds of the machine's time; it goes on if not. */
export async function finishWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const done = new AbortController();
  try {
    return await Promise.race([
      work.then(() => true),
      delay(ms, false, { signal: done.signal }).catch(() => false),
    ]);
  } finally {
    done.abort();
  }
}
