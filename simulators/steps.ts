/** Delayed work of the parties: a step sleeps on the world's clock until it is due, then runs. */
import type { SimulatedClock } from "./clock.ts";

export interface Steps {
  at(due: Date, work: (signal: AbortSignal) => Promise<void>): void;
  /** Resolves when nothing that is due by the clock is still under way; throws what a step threw. */
  idle(): Promise<void>;
  /** When the first that is not over is due, in milliseconds since 1970; none: Infinity. */
  nextDueMs(): number;
  close(): Promise<void>;
}

interface Step {
  readonly dueAt: number;
  done: Promise<void>;
}

export function createSteps(clock: SimulatedClock): Steps {
  const closing = new AbortController();
  const open = new Set<Step>();
  const failures: unknown[] = [];

  async function run(dueAt: number, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    // A timer may wake a little early, so the clock has the last word.
    for (let left = dueAt - clock.now().getTime(); left > 0; left = dueAt - clock.now().getTime()) {
      await clock.sleep(left, closing.signal);
    }
    if (!closing.signal.aborted) await work(closing.signal);
  }

  return {
    at(due, work) {
      const step: Step = { dueAt: due.getTime(), done: Promise.resolve() };
      open.add(step);
      step.done = run(step.dueAt, work)
        .catch((error: unknown) => {
          if (!closing.signal.aborted) failures.push(error);
        })
        .finally(() => open.delete(step));
    },
    async idle() {
      for (;;) {
        const now = clock.now().getTime();
        const due = [...open].filter((step) => step.dueAt <= now);
        if (due.length === 0) break;
        await Promise.all(due.map((step) => step.done));
      }
      if (failures.length > 0) throw new AggregateError(failures, "a simulator's step failed");
    },
    nextDueMs() {
      return Math.min(...[...open].map((step) => step.dueAt));
    },
    async close() {
      closing.abort();
      await Promise.all([...open].map((step) => step.done));
    },
  };
}
