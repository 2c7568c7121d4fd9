/** Gather: does together what many callers want at once, so that a busy shop commits once for many. */
import { isDatabaseGone } from "./database-problem.ts";

interface Waiting<Item, Result> {
  readonly item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Makes one out of a function that works on many. Nothing waits for a timer: a batch is what came
 * while the last one was under way, so a lone caller is served at once. `work` answers in the order
 * of its items. An item that breaks a batch does not take the others with it: each is done alone.
 */
export function gather<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  { largest = 64 }: { largest?: number } = {},
): (item: Item) => Promise<Result> {
  const waiting: Waiting<Item, Result>[] = [];
  let atWork = false;

  const settle = async (batch: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await work(batch.map((one) => one.item));
      for (const [index, one] of batch.entries()) one.resolve(results[index] as Result);
    } catch (error) {
      if (batch.length > 1 && !isDatabaseGone(error)) {
        for (const one of batch) await settle([one]);
        return;
      }
      for (const one of batch) one.reject(error);
    }
  };

  const flush = async () => {
    while (waiting.length > 0) await settle(waiting.splice(0, largest));
    atWork = false;
  };

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (atWork) return;
      atWork = true;
      // After whatever else has arrived by now.
      setImmediate(() => void flush());
    });
}
