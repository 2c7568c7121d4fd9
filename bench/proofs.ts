/** Proofs: how fast history is sealed and the books are proved, in a shop that has a past. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import type { Benchmark } from "./benchmark.ts";
import { fillBooks } from "./fill-books.ts";
import { inTemporaryDirectory, startStore } from "./store-process.ts";

// 3.525 transfers an order: a million.
const pastOrders = 284_000;
// What a shop adds in a minute in which it delivers 300 orders a second.
const minuteOrders = 18_000;
const longestJobMs = 10 * 60_000;

interface Proved {
  readonly sealedPerSecond: number;
  readonly allSeconds: number;
  readonly minuteMs: number;
}

// Filling takes longer than all that is measured, so the three figures are of one run.
let run: Promise<Proved> | undefined;

function proved(report: (progress: string) => void): Promise<Proved> {
  run ??= inTemporaryDirectory(async (dataDir) => {
    const store = await startStore(dataDir);
    const server = { host: join(dataDir, "pg18"), user: "konter", database: "konter" };
    const client = new pg.Client(server);
    await client.connect();
    const doJob = (name: string) => timeJob(client, name);
    try {
      // Each comes when it is asked for here, and not beside another.
      await client.query("update recurring_jobs set next_run_at = now() + interval '1 day'");
      await doJob("books.check");
      report("filling a past");
      // Of today, or it would be put in after what the first start wrote.
      const since = new Date();
      await fillBooks(server, pastOrders, { since });
      const { rows } = await client.query("select count(*)::int as count from transfers");
      const sealMs = await doJob("audit.seal");
      report(`${rows[0].count} transfers sealed in ${Math.round(sealMs)} ms`);
      // The first look after the past came is at all of it.
      await doJob("books.check");
      await doJob("audit.seal");
      const allMs = await doJob("books.prove");
      await fillBooks(server, minuteOrders, { first: pastOrders, since });
      const minuteMs = await doJob("books.check");
      const { rows: breaches } = await client.query(
        "select subject from desk_items where kind = 'books_broken'",
      );
      if (breaches.length > 0) throw new Error(`the books are broken: ${breaches[0].subject}`);
      return {
        sealedPerSecond: (rows[0].count * 1000) / sealMs,
        allSeconds: allMs / 1000,
        minuteMs,
      };
    } finally {
      await client.end();
      await store.stop();
    }
  });
  return run;
}

/** From the wish to the end of a job, in milliseconds. */
async function timeJob(client: pg.Client, name: string): Promise<number> {
  const began = performance.now();
  await client.query(
    `insert into jobs (name, key, payload, run_at, enqueued_at) values ($1, 'bench', '{}', now(), now())`,
    [name],
  );
  await client.query('notify "konter.jobs"');
  while (performance.now() - began < longestJobMs) {
    const { rows } = await client.query("select last_error from jobs where name = $1", [name]);
    if (rows.length === 0) return performance.now() - began;
    if (rows[0].last_error !== null) throw new Error(`${name}: ${rows[0].last_error}`);
    await delay(5);
  }
  throw new Error(`${name} did not end`);
}

export const proofBenchmarks: readonly Benchmark[] = [
  {
    name: "seal",
    unit: "rows sealed/s",
    budget: { at_least: 10_000 },
    run: async (report) => ({ value: (await proved(report)).sealedPerSecond }),
  },
  {
    name: "prove_all",
    unit: "s for every proof over a million transfers",
    budget: { at_most: 60 },
    run: async (report) => ({ value: (await proved(report)).allSeconds }),
  },
  {
    name: "prove_minute",
    unit: "ms for the proofs of a minute of 18,000 orders",
    budget: { at_most: 1_000 },
    run: async (report) => ({ value: (await proved(report)).minuteMs }),
  },
];
