/** Clock: where the time comes from. Everything that asks for the time or waits is given one. */

export interface Clock {
  now(): Date;
  /** Resolves after `ms` milliseconds of this clock; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A store's clock, which can be compared with that of another machine. */
export interface StoreClock extends Clock {
  /** The time of this machine, however far a sandbox has been moved on. */
  machineNow(): Date;
}

/** A sandbox's clock: it can be moved on, so that an expiry need not be waited for. */
export interface SandboxClock extends StoreClock {
  advance(ms: number): void;
  /** How far this clock is ahead of the machine's, in milliseconds. */
  offsetMs(): number;
}

interface Sleeper {
  readonly wakeAtMs: number;
  wake(): void;
  /** Time was moved on, but not enough: less is left to sleep. */
  sleepOn(): void;
}

/** Makes the clock of a live shop: the machine's, which nobody moves. */
export function createClock(): StoreClock {
  const { now, sleep, machineNow } = createSandboxClock({});
  return { now, sleep, machineNow };
}

/**
 * Makes a clock that runs `offsetMs` ahead of the machine's, or, with `frozenAt`, one that moves
 * only when told to (tests). Waking by `advance` is immediate and in order of time.
 */
export function createSandboxClock(options: { offsetMs?: number; frozenAt?: Date }): SandboxClock {
  let offset = options.offsetMs ?? 0;
  const sleepers = new Set<Sleeper>();
  const { frozenAt } = options;
  const nowMs = () => (frozenAt === undefined ? Date.now() : frozenAt.getTime()) + offset;

  return {
    now: () => new Date(nowMs()),
    machineNow: () => new Date(Date.now()),
    offsetMs: () => offset,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        let timer: NodeJS.Timeout | undefined;
        const stop = () => {
          sleepers.delete(sleeper);
          clearTimeout(timer);
          signal?.removeEventListener("abort", onAbort);
        };
        const onAbort = () => {
          stop();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          wakeAtMs: nowMs() + ms,
          wake: () => {
            stop();
            resolve();
          },
          sleepOn() {
            if (frozenAt !== undefined) return;
            clearTimeout(timer);
            timer = setTimeout(sleeper.wake, sleeper.wakeAtMs - nowMs());
          },
        };
        if (signal?.aborted) return reject(signal.reason);
        signal?.addEventListener("abort", onAbort);
        sleepers.add(sleeper);
        sleeper.sleepOn();
      });
    },
    advance(ms) {
      offset += ms;
      const due = [...sleepers].filter((sleeper) => sleeper.wakeAtMs <= nowMs());
      for (const sleeper of due.sort((a, b) => a.wakeAtMs - b.wakeAtMs)) sleeper.wake();
      for (const sleeper of sleepers) sleeper.sleepOn();
    },
  };
}
