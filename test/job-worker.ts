/**
 * Job worker: a worker as a process of its own, which a test can kill, stop and let go on. It says what
 * it does on standard output, one JSON object a line. Its clock runs three times as fast, so that a
 * dead worker's lease runs out in 5 s.
 */
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "kysely";
import type { Clock } from "../src/platform/clock.ts";
import { type Db, inTransaction, openDatabase } from "../src/platform/db.ts";
import { callParty } from "../src/platform/http.ts";
import { enqueue, type JobHandler, jobsChannel } from "../src/platform/jobs.ts";
import { createLog } from "../src/platform/log.ts";
import { createNotifier } from "../src/platform/notify.ts";
import { createPartyFetch } from "../src/platform/party-fetch.ts";
import { createRandom } from "../src/platform/random.ts";
import { startWorker } from "../src/platform/worker.ts";

const speed = 3;
const contendedKeys = 20;
const enqueueEvery = 4;
const { pid } = process;
const { DATABASE_URL: connectionString = "", CLOCK_FROM_MS, PARTY_URL: url = "" } = process.env;
const from = Number(CLOCK_FROM_MS);
// Before what waits already, so that it runs among the other jobs.
const soon = new Date(from - 1_000);

const clock: Clock = {
  now: () => new Date(from + (Date.now() - from) * speed),
  sleep: (ms, signal) => delay(ms / speed, undefined, signal ? { signal } : {}),
};
const log = createLog({ level: "error", terminal: false });
const onTrouble = (error: Error) => log.warn({ error: error.message }, "connection");
const db = openDatabase({ connectionString, poolSize: 10, onPoolError: onTrouble });
const notifier = createNotifier(connectionString, onTrouble);
db.afterEnqueue.add(() => notifier.notify(jobsChannel));

const say = (words: object) => process.stdout.write(`${JSON.stringify({ pid, ...words })}\n`);

/** The exclusion record: who worked at what, from when to when. */
async function begin(what: string): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    insert into runs (what, pid, began_ms) values (${what}, ${pid}, ${Date.now()})
    returning id::text`.execute(db);
  return rows[0]?.id ?? "";
}

const end = (on: Db, run: string) =>
  sql`update runs set ended_ms = ${Date.now()} where id = ${run}::bigint`.execute(on);

const effect: JobHandler = async ({ n = "" }, run) => {
  const mine = await begin(`effect:${n}`);
  await delay(20 + Math.random() * 80);
  await inTransaction(db, async (tx) => {
    await sql`insert into effects (n, pid) values (${n}, ${pid})`.execute(tx);
    await end(tx, mine);
    await run.finish(tx);
    if (Number(n) % enqueueEvery !== 0) return;
    const key = String((Number(n) / enqueueEvery) % contendedKeys);
    await enqueue(tx, { clock }, { name: "test.contended", key, payload: { key }, runAt: soon });
  });
};

const contended: JobHandler = async ({ key }) => {
  const mine = await begin(`contended:${key}`);
  await delay(Math.random() * 30);
  await end(db, mine);
};

/** Says that it has begun, and a second later sends and finishes, unless it was stopped meanwhile. */
const outgoing: JobHandler = async ({ n = "" }, run) => {
  const sendBy = new Date(clock.now().getTime() + 10_000);
  say({ event: "begun" });
  await delay(1_000);
  const answer = await callParty(
    { clock, fetch: createPartyFetch({ clock }) },
    { method: "POST", url, body: "buy", timeoutMs: 5_000, sendBy },
  );
  const ended = await inTransaction(db, async (tx) => {
    await sql`insert into effects (n, pid) values (${n}, ${pid})`.execute(tx);
    await run.finish(tx);
    return "finished";
  }).catch((error: Error) => error.name);
  say({ event: "ended", answer: answer.kind, ended });
};

const worker = startWorker(
  { db, clock, log, random: createRandom() },
  { "test.effect": effect, "test.contended": contended, "test.outgoing": outgoing },
);
notifier.listen(jobsChannel, worker.wake);
