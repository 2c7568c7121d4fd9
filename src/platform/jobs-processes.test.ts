/** Jobs in several processes that are killed and paused at any moment. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { sql } from "kysely";
import { cleanUp, cloneDatabase, scale } from "../../test/database.ts";
import { openDatabase } from "./db.ts";
import { createSeededRandom } from "./random.ts";

const seed = Number(process.env.TEST_SEED ?? 20_261_123);
const script = fileURLToPath(new URL("../../test/job-worker.ts", import.meta.url));
const jobCount = scale({ short: 2_000, long: 10_000 });
const workerCount = 4;
const timeout = scale({ short: 4, long: 20 }) * 60_000;

interface Said {
  readonly pid: number;
  readonly event: string;
  readonly answer?: string;
  readonly ended?: string;
}

async function openSite(t: TestContext) {
  const atEnd = cleanUp(t);
  const connectionString = await cloneDatabase(atEnd);
  const db = openDatabase({ connectionString, poolSize: 4, onPoolError: () => {} });
  atEnd(() => db.destroy());
  await sql`create table effects (n text not null, pid int not null)`.execute(db);
  await sql`
    create table runs (
      id bigint generated always as identity primary key,
      what text not null, pid int not null, began_ms bigint not null, ended_ms bigint
    )`.execute(db);
  await sql`create table deaths (pid int not null, died_ms bigint not null)`.execute(db);
  let calls = 0;
  const party = createServer((_request, response) => {
    calls += 1;
    response.end("bought");
  });
  await new Promise<void>((ready) => party.listen(0, "127.0.0.1", ready));
  atEnd(() => party.close());
  const address = party.address();
  assert.ok(typeof address === "object" && address !== null);

  const clockFromMs = Date.now();
  const heard: Said[] = [];
  const waiting = new Set<() => void>();
  const alive = new Set<ChildProcess>();
  const kill = async (child: ChildProcess) => {
    alive.delete(child);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    const died = Date.now();
    await sql`insert into deaths (pid, died_ms) values (${child.pid}, ${died})`.execute(db);
  };
  atEnd(() => Promise.all([...alive].map(kill)));

  return {
    db,
    kill,
    calls: () => calls,
    /** Starts a worker in a process of its own. */
    start(): ChildProcess {
      const child = spawn(process.execPath, [script], {
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          ...process.env,
          DATABASE_URL: connectionString,
          CLOCK_FROM_MS: String(clockFromMs),
          PARTY_URL: `http://127.0.0.1:${address.port}`,
        },
      });
      alive.add(child);
      createInterface(child.stdout).on("line", (line) => {
        heard.push(JSON.parse(line));
        for (const look of waiting) look();
      });
      return child;
    },
    /** What a worker said, as soon as it has. */
    async says(child: ChildProcess, event: string): Promise<Said> {
      for (;;) {
        const said = heard.find((words) => words.pid === child.pid && words.event === event);
        if (said !== undefined) return said;
        await new Promise<void>((done) => waiting.add(done));
      }
    },
    async enqueue(name: string, count: number) {
      const at = new Date(clockFromMs);
      await sql`
        select jobs_enqueue(${name}, n::text, jsonb_build_object('n', n::text), ${at}, ${at})
        from generate_series(1, ${count}::int) n`.execute(db);
    },
    async count(table: "jobs" | "effects" | "runs"): Promise<number> {
      const query = sql<{ count: bigint }>`select count(*) as count from ${sql.table(table)}`;
      const { rows } = await query.execute(db);
      return Number(rows[0]?.count);
    },
  };
}

test("four workers, one killed every second: every job is done, each effect exactly once", {
  timeout,
}, async (t) => {
  const site = await openSite(t);
  const random = createSeededRandom(seed);
  await site.enqueue("test.effect", jobCount);
  const from = performance.now();
  const workers = Array.from({ length: workerCount }, site.start);
  let kills = 0;
  let nextKill = from + 1_000;
  while ((await site.count("jobs")) > 0) {
    await delay(50);
    if (performance.now() < nextKill) continue;
    nextKill += 1_000;
    const index = (random.bytes(1)[0] ?? 0) % workerCount;
    const victim = workers[index];
    assert.ok(victim);
    await site.kill(victim);
    workers[index] = site.start();
    kills += 1;
  }
  const seconds = (performance.now() - from) / 1000;

  const effects = await sql<{ n: string; times: number }>`
    select n, count(*)::int as times from effects group by n`.execute(site.db);
  assert.equal(effects.rows.length, jobCount, "no job is lost");
  assert.deepEqual(
    effects.rows.filter((row) => row.times !== 1),
    [],
    "no effect happened twice",
  );

  const ends = sql`
    select id, what, began_ms, coalesce(ended_ms, died_ms) as ended_ms
    from runs left join deaths using (pid)`;
  const together = await sql<{ what: string }>`
    with ends as (${ends})
    select a.what from ends a join ends b on a.what = b.what and a.id < b.id
    where a.began_ms < b.ended_ms and b.began_ms < a.ended_ms`.execute(site.db);
  assert.deepEqual(together.rows, [], "a key never runs twice at once");
  const broken = await sql<{ count: number }>`
    select count(*)::int as count from runs where ended_ms is null`.execute(site.db);
  const brokenOff = broken.rows[0]?.count ?? 0;
  const runs = await site.count("runs");
  t.diagnostic(
    `${jobCount} jobs in ${seconds.toFixed(1)} s, ${kills} kills, ${brokenOff} of ${runs} runs broken off`,
  );
  assert.ok(kills >= 3 && brokenOff > 0, "the kills hit nothing");
  assert.ok(runs - jobCount - brokenOff > 50, "hardly any work on the contended keys");
});

test("a worker that was paused past its lease can neither finish the job nor send", {
  timeout,
}, async (t) => {
  const site = await openSite(t);
  await site.enqueue("test.outgoing", 1);
  const paused = site.start();
  await site.says(paused, "begun");
  paused.kill("SIGSTOP");
  const other = site.start();
  const inTime = await site.says(other, "ended");
  assert.deepEqual([inTime.answer, inTime.ended], ["answer", "finished"]);
  paused.kill("SIGCONT");
  const late = await site.says(paused, "ended");
  assert.deepEqual([late.answer, late.ended], ["not_sent", "LeaseLost"]);
  assert.equal(site.calls(), 1, "the party heard of it once");
  const { rows } = await sql<{ pid: number }>`select pid from effects`.execute(site.db);
  assert.deepEqual(rows, [{ pid: other.pid }]);
  assert.equal(await site.count("jobs"), 0);
});
