/** Cache: a bounded memory of this process. All of it expires; the least recently used goes first. */
import type { Clock } from "./clock.ts";

export interface Cache<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, lifeMs: number): void;
}

/** Makes a cache of at most `size` values. What is lost by forgetting one must be a little time. */
export function createCache<Value>(
  deps: { clock: Clock },
  options: { size: number },
): Cache<Value> {
  // A map is in the order of insertion, and reading inserts again: its first key was used least.
  const kept = new Map<string, { readonly value: Value; readonly untilMs: number }>();
  const nowMs = () => deps.clock.now().getTime();
  return {
    get(key) {
      const entry = kept.get(key);
      if (entry === undefined) return undefined;
      kept.delete(key);
      if (entry.untilMs <= nowMs()) return undefined;
      kept.set(key, entry);
      return entry.value;
    },
    set(key, value, lifeMs) {
      kept.delete(key);
      kept.set(key, { value, untilMs: nowMs() + lifeMs });
      for (const oldest of kept.keys()) {
        if (kept.size <= options.size) break;
        kept.delete(oldest);
      }
    },
  };
}
