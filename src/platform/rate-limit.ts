/** Rate limit: at most so many in any window of time, counted for each key in this process. */
import { createCache } from "./cache.ts";
import type { Clock } from "./clock.ts";

export interface RateLimit {
  /** Takes one and returns 0, or takes none and returns the milliseconds until there is room. */
  take(key: string): number;
}

/** Keys counted at once; beyond that the one that was quiet longest starts anew. */
const keyCount = 10_000;

/** Makes a limit of `count` in any `windowMs`. */
export function createRateLimit(
  deps: { clock: Clock },
  options: { count: number; windowMs: number },
): RateLimit {
  const { count, windowMs } = options;
  const taken = createCache<readonly number[]>(deps, { size: keyCount });
  return {
    take(key) {
      const nowMs = deps.clock.now().getTime();
      const recent = (taken.get(key) ?? []).filter((atMs) => atMs + windowMs > nowMs);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= count) return oldest + windowMs - nowMs;
      taken.set(key, [...recent, nowMs], windowMs);
      return 0;
    },
  };
}
