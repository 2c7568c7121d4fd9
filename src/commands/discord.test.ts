/** `konter discord`, against the simulated Discord. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { startSimulators } from "../../simulators/world.ts";
import { cleanUp } from "../../test/database.ts";
import { getJson } from "../../test/json.ts";
import { lendDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { createSandboxClock } from "../platform/clock.ts";
import { createSeededRandom } from "../platform/random.ts";

const route = "PUT /applications/:application/commands";

async function openDiscord(t: TestContext) {
  const atEnd = cleanUp(t);
  const simulators = await startSimulators({
    port: 0,
    clock: createSandboxClock({}),
    randomBytes: createSeededRandom(7).bytes,
    storeUrl: "http://127.0.0.1:9", // nobody listens, and nothing is bought
  });
  atEnd(() => simulators.close());
  const { parties } = simulators;
  const DATABASE_URL = await lendDatabase(atEnd);
  const discord = (verb: string[], more: Partial<typeof parties.discord> = {}) => {
    const given = { ...parties, discord: { ...parties.discord, ...more } };
    return konter(["discord", ...verb], { DATABASE_URL, SIMULATORS: JSON.stringify(given) });
  };
  const registrations = async () => {
    const url = `${simulators.url}/discord/_books`;
    return (await getJson<{ requests: Record<string, number> }>(url)).requests[route] ?? 0;
  };
  return { discord, registrations, parties, DATABASE_URL };
}

test("commands are registered when they changed, and again only when a person says so", async (t) => {
  const { discord, registrations } = await openDiscord(t);
  const first = await discord(["deploy"]);
  assert.equal(first.stdout, "Registered: /price /cek /topup /deposit /saldo /history /bantuan\n");
  assert.match((await discord(["deploy"])).stdout, /have not changed.*--again does it/);
  assert.equal(await registrations(), 1);
  assert.match((await discord(["deploy", "--again"])).stdout, /^Registered/);
  assert.equal(await registrations(), 2);
});

test("a token that Discord refuses is told with what to do", async (t) => {
  const { discord } = await openDiscord(t);
  const { code, stderr } = await discord(["deploy"], { token: "another.bot's" });
  assert.equal(code, 1);
  assert.match(stderr, /Discord refuses the commands .*DISCORD_TOKEN is not a token of this bot/);
});

test("the link asks for the bot's scopes and permissions, and never for an administrator's", async (t) => {
  const { discord, parties } = await openDiscord(t);
  const url = new URL((await discord(["invite"])).stdout.trim());
  assert.equal(url.searchParams.get("client_id"), parties.discord.application_id);
  assert.equal(url.searchParams.get("scope"), "bot applications.commands");
  const administrator = 1n << 3n;
  assert.equal(BigInt(url.searchParams.get("permissions") ?? "8") & administrator, 0n);
});

test("without a bot of its own a shop is told how to get one, and a wrong call how to call", async (t) => {
  const { discord, DATABASE_URL } = await openDiscord(t);
  const alone = await konter(["discord", "deploy"], { DATABASE_URL });
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, /DISCORD_TOKEN and DISCORD_APPLICATION_ID \(docs\/discord\.md\)/);
  for (const verb of [[], ["undeploy"], ["invite", "--again"], ["deploy", "now"]]) {
    assert.equal((await discord(verb)).code, 2, verb.join(" "));
  }
});
