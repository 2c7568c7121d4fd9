/** Interactions: from what a person does in Discord to the bot's first answer, 200 of them a second. */
import { Agent, request } from "node:http";
import { createHistogram } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { inTemporaryDirectory, startWithParties } from "./store-process.ts";

const perSecond = 200;
// A shop that has just started is not met by two hundred people in its first second.
const warmUps = [
  { perSecond: 50, durationMs: 5_000 },
  { perSecond, durationMs: 10_000 },
];
const runMs = 20_000;
const microseconds = 1_000;
const commandsWithinMs = 10_000;

/** What people do, in turn: none of it is a purchase, and the bot answers each by itself. */
const commands = [
  { type: 2, data: { name: "saldo", options: [] } },
  { type: 2, data: { name: "price", options: [{ name: "game", type: 3, value: "ML" }] } },
  { type: 2, data: { name: "history", options: [] } },
];
const suggestions = ["m", "mo", "fre", "pubg"].map((value) => ({
  type: 4,
  data: { name: "topup", options: [{ name: "game", type: 3, value, focused: true }] },
}));

export const interactionBenchmarks: readonly Benchmark[] = [
  {
    name: "first_answer",
    unit: "ms (p99)",
    budget: { at_most: 50 },
    run: (report) => inDiscord((discord) => measure(discord, commands, report)),
  },
  {
    name: "autocomplete",
    unit: "ms (p99)",
    budget: { at_most: 20 },
    run: (report) => inDiscord((discord) => measure(discord, suggestions, report)),
  },
];

interface Discord {
  readonly port: number;
  readonly userIds: readonly string[];
}

/** A store, and its parties in a process of their own: Discord's work is not the shop's. */
function inDiscord<T>(work: (discord: Discord) => Promise<T>): Promise<T> {
  return inTemporaryDirectory(async (dataDir) => {
    const { store, simulators } = await startWithParties(dataDir);
    try {
      const answer = await fetch(`${simulators.url}/discord/client/users`);
      // As simulators/README.md says.
      const users = (await answer.json()) as { id: string }[];
      const userIds = users.map((user) => user.id);
      return await work({ port: Number(new URL(simulators.url).port), userIds });
    } finally {
      await store.stop();
      await simulators.stop();
    }
  });
}

async function measure(
  discord: Discord,
  acts: readonly object[],
  report: (progress: string) => void,
): Promise<Measurement> {
  const agent = new Agent({ keepAlive: true });
  try {
    await untilRegistered(discord, agent, acts);
    for (const warmUp of warmUps) await ask(discord, agent, acts, warmUp);
    const asked = await ask(discord, agent, acts, { perSecond, durationMs: runMs });
    const { latencies, lateMs, failedCount } = asked;
    if (failedCount > 0)
      throw new Error(`${failedCount} interactions were not answered within 3 s`);
    const at = (part: number) => (latencies.percentile(part) / microseconds).toFixed(1);
    report(
      `${latencies.count} answers; p50 ${at(50)} ms, p90 ${at(90)}, p99.9 ${at(99.9)}, slowest ${at(100)}; ` +
        `the load itself was at most ${lateMs.toFixed(1)} ms late`,
    );
    return { value: latencies.percentile(99) / microseconds };
  } finally {
    agent.destroy();
  }
}

/** Acts at the times of a clock, whether or not earlier ones have been answered. */
async function ask(
  discord: Discord,
  agent: Agent,
  acts: readonly object[],
  pace: { perSecond: number; durationMs: number },
) {
  const latencies = createHistogram();
  const asked: Promise<void>[] = [];
  const began = performance.now();
  let [lateMs, failedCount] = [0, 0];
  for (let count = 0; count < (pace.durationMs / 1000) * pace.perSecond; count++) {
    const dueAt = began + (count * 1000) / pace.perSecond;
    const leftMs = dueAt - performance.now();
    if (leftMs > 1) await delay(leftMs);
    const askedAt = performance.now();
    lateMs = Math.max(lateMs, askedAt - dueAt);
    const act = {
      user_id: discord.userIds[count % discord.userIds.length],
      ...acts[count % acts.length],
    };
    asked.push(
      post(discord.port, agent, act).then((status) => {
        if (status !== "acknowledged") failedCount++;
        latencies.record(Math.max(1, Math.round((performance.now() - dueAt) * microseconds)));
      }),
    );
  }
  await Promise.all(asked);
  return { latencies, lateMs, failedCount };
}

async function untilRegistered(discord: Discord, agent: Agent, [act]: readonly object[]) {
  const user_id = discord.userIds[0];
  for (const byMs = performance.now() + commandsWithinMs; performance.now() < byMs; ) {
    if ((await post(discord.port, agent, { user_id, ...act })) === "acknowledged") return;
    await delay(50);
  }
  throw new Error("the bot never registered its commands");
}

/** Resolves to what became of the interaction, when the bot has first answered. */
function post(port: number, agent: Agent, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(text),
    };
    const path = "/discord/client/interactions";
    const sent = request({ port, host: "127.0.0.1", path, method: "POST", agent, headers });
    sent.on("error", reject);
    sent.on("response", (response) => {
      let received = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        received += chunk;
      });
      response.on("end", () => resolve(statusIn(received)));
    });
    sent.end(text);
  });
}

function statusIn(text: string): string {
  const answer: unknown = JSON.parse(text);
  return typeof answer === "object" && answer !== null && "status" in answer
    ? String(answer.status)
    : text;
}
