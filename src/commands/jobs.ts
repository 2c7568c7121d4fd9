/** `konter jobs`: what the shop has still to do, and what it has given up. */
import { recordAct } from "../audit/record.ts";
import { settleDeadJob } from "../dead-jobs.ts";
import { inTransaction } from "../platform/db.ts";
import { deadJobIds, type FoundJob, findJobs, replayJobs } from "../platform/find-jobs.ts";
import { countJobs } from "../platform/job-counts.ts";
import { textTable } from "../platform/table.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { asOperator, type Shop, withShop } from "./operator.ts";

const shown = 50;
const errorWidth = 60;
// One short transaction each: the shop goes on selling meanwhile.
const atOnce = 500;

export const jobs: Command = {
  usage: "jobs list [--dead] | replay ID | replay --all",
  summary: "see the work that waits, runs or has failed too often, and begin it again",
  details: `A job is dead when it was refused, or failed 25 times over some hours: look at its error, mend the
cause, then replay it, which takes it off the desk. A job may run twice without harm, and a running shop
takes it up within a second.
  list          the work that is left, the one due longest first (at most ${shown})
  --dead        only what is dead
  replay ID     the dead job of that id, as \`konter jobs list\` shows it
  --all         every dead job`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { dead: { type: "boolean" }, all: { type: "boolean" } },
      allowPositionals: true,
    });
    const [verb, id, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much`);
    if (verb === "list") {
      if (id !== undefined) throw new UsageError(`${id} is too much`);
      if (values.all) throw new UsageError("--all belongs to replay");
      return withShop(terminal, (shop) => (values.dead ? listDead(shop) : listAll(shop)));
    }
    if (verb !== "replay") throw new UsageError("say list or replay");
    if (values.dead) throw new UsageError("--dead belongs to list; replay takes only dead jobs");
    if (values.all ? id !== undefined : id === undefined) {
      throw new UsageError("say which: replay ID or replay --all");
    }
    if (id === undefined) return withShop(terminal, replayAll);
    // What fits PostgreSQL's bigint with certainty.
    if (!/^\d{1,18}$/.test(id)) {
      throw new UsageError("ID is the number that `konter jobs list` shows");
    }
    await withShop(terminal, (shop) => replayOne(shop, BigInt(id)));
  },
};

async function listAll({ db, clock, terminal }: Shop): Promise<void> {
  const { waiting, running, dead } = await countJobs(db, clock.now());
  const total = waiting + running + dead;
  if (total === 0) return terminal.print("No job waits, runs or is dead.");
  const found = await findJobs(db, { states: ["waiting", "running", "dead"], limit: shown });
  const summary = `${waiting} waiting, ${running} running, ${dead} dead.`;
  terminal.print(`${jobTable(found)}\n\n${summary}${more(total)}`);
}

async function listDead({ db, clock, terminal }: Shop): Promise<void> {
  const { dead } = await countJobs(db, clock.now());
  if (dead === 0) return terminal.print("No job is dead.");
  const found = await findJobs(db, { states: ["dead"], limit: shown });
  terminal.print(`${jobTable(found)}\n\n${dead} dead.${more(dead)} To let them live again:
konter jobs replay ID | --all`);
}

function more(total: number): string {
  return total > shown ? ` The ${shown} due longest are shown.` : "";
}

function jobTable(found: readonly FoundJob[]): string {
  const rows = found.map((job) => [
    String(job.id),
    job.state,
    job.name,
    job.key ?? "",
    job.runAt.toISOString(),
    String(job.attemptCount),
    excerpt(job.lastError ?? ""),
  ]);
  return textTable([["Id", "State", "Job", "Key", "Due", "Tries", "Last error"], ...rows], 7);
}

function excerpt(error: string): string {
  const [line = ""] = error.split("\n");
  return line.length > errorWidth ? `${line.slice(0, errorWidth - 1)}…` : line;
}

async function replayOne(shop: Shop, id: bigint): Promise<void> {
  const replayed = await inTransaction(shop.db, async (tx) => {
    const [job] = await replayJobs(tx, shop, [id]);
    if (job === undefined) throw new Error(`No dead job has the id ${id}: see konter jobs list`);
    await settleDeadJob(tx, shop, id);
    const act = { action: "jobs.replay", object: `job:${id}`, after: { job: job.name } };
    await recordAct(tx, shop, asOperator(act));
    return job;
  });
  shop.terminal.print(`${replayed.name} is due again.`);
}

async function replayAll(shop: Shop): Promise<void> {
  const ids = await deadJobIds(shop.db);
  if (ids.length === 0) return shop.terminal.print("No job is dead.");
  let count = 0;
  for (let from = 0; from < ids.length; from += atOnce) {
    count += await inTransaction(shop.db, async (tx) => {
      const replayed = await replayJobs(tx, shop, ids.slice(from, from + atOnce));
      for (const job of replayed) await settleDeadJob(tx, shop, job.id);
      const act = { action: "jobs.replay", object: "jobs", after: { count: replayed.length } };
      await recordAct(tx, shop, asOperator(act));
      return replayed.length;
    });
    const looked = Math.min(from + atOnce, ids.length);
    if (ids.length > atOnce) shop.terminal.note(`${looked} of ${ids.length}`);
  }
  shop.terminal.print(count === 1 ? "1 job is due again." : `${count} jobs are due again.`);
}
