/** Doctor: what is set up, whether it works, and what to do where it does not. Changes nothing. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { Config } from "./config.ts";
import { type ReachedDatabase, reachDatabase } from "./database.ts";
import {
  type CheckedParty,
  checkParties,
  checkStaffChannel,
  type PartyVerdict,
} from "./party-check.ts";
import {
  type GivenParties,
  knownParties,
  type PartyName,
  partyNames,
  type Standing,
} from "./party-settings.ts";
import type { StoreClock } from "./platform/clock.ts";
import { explainConnection } from "./platform/database-problem.ts";
import { openDatabase } from "./platform/db.ts";
import { isInStep, measureDriftMs } from "./platform/drift.ts";
import { callParty, type Fetch } from "./platform/http.ts";
import type { Random } from "./platform/random.ts";
import { assertApplicationRole } from "./platform/roles.ts";
import { createSeal, readKeyFile } from "./platform/seal.ts";
import { readKeyCheck, refuseOtherKey, refuseOtherWorld, worldOf } from "./platform/store.ts";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Of a party only. */
  readonly standing?: Standing | undefined;
  /** What was found and, where it is wrong, what to do. */
  readonly detail: string;
}

type Deps = { readonly clock: StoreClock; readonly fetch: Fetch; readonly random: Random };

const oldestServer = 15;
const connectTimeoutMs = 10_000;
const simulatorTimeoutMs = 2_000;

/** Looks at everything that the settings name. */
export async function examine(config: Config, deps: Deps): Promise<Check[]> {
  const [{ checks, keyCheck }, parties] = await Promise.all([
    examineDatabase(config, deps),
    examineParties(config, deps),
  ]);
  const { environment, publicUrl } = config;
  const where = publicUrl === undefined ? "on this machine" : `reached at ${publicUrl}`;
  const what = environment === "production" ? "a live shop" : "a sandbox";
  const settings = fine("settings", `${what}, ${where}`);
  return [settings, examineKey(config, deps, keyCheck), ...checks, ...parties];
}

interface Examined {
  readonly checks: readonly Check[];
  /** What the database was sealed with, where that could be read. */
  readonly keyCheck: string | null;
}

async function examineDatabase(config: Config, deps: Deps): Promise<Examined> {
  const embedded = join(config.dataDir, "pg18");
  if (config.databaseUrl === undefined && !existsSync(embedded)) {
    const found = `none yet at ${embedded}: \`konter start\` makes it`;
    return { checks: [fine("database", found)], keyCheck: null };
  }
  try {
    const reached = await reachDatabase(config);
    try {
      return await examineServer(config, deps, reached);
    } finally {
      await reached.close();
    }
  } catch (error) {
    return { checks: [wrong("database", explainConnection(error))], keyCheck: null };
  }
}

async function examineServer(
  { environment, databaseUrl }: Config,
  deps: Deps,
  { owner, application }: ReachedDatabase,
): Promise<Examined> {
  const client = new pg.Client({
    connectionString: owner,
    application_name: "konter doctor",
    connectionTimeoutMillis: connectTimeoutMs,
  });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>("show server_version");
    const version = rows[0]?.server_version ?? "";
    const server = `${databaseUrl === undefined ? "embedded " : ""}PostgreSQL ${version}`;
    if (Number.parseInt(version, 10) < oldestServer) {
      throw new Error(`${server}: Konter needs ${oldestServer} or later`);
    }
    await refuseOtherWorld(client, environment);
    const world = await worldOf(client);
    if (world === undefined) {
      const found = `${server}, without tables yet: \`konter start\` makes them`;
      return { checks: [fine("database", found)], keyCheck: null };
    }
    const database = fine(
      "database",
      `${server}, ${world === "live" ? "a live shop" : "a sandbox"}'s`,
    );
    const shop = await examineShop(deps, application);
    return { ...shop, checks: [database, ...shop.checks] };
  } finally {
    await client.end();
  }
}

/** What the shop itself sees of its database. */
async function examineShop({ clock }: Deps, connectionString: string): Promise<Examined> {
  const db = openDatabase({ connectionString, poolSize: 1, onPoolError: () => {} });
  try {
    const role = await assertApplicationRole(db).then(
      () => fine("role", "the shop's, which can change neither history nor the schema"),
      (error: unknown) => wrong("role", explainConnection(error)),
    );
    const driftMs = await measureDriftMs(db, clock);
    const apart = `${(Math.abs(driftMs) / 1000).toFixed(1)} s ${driftMs < 0 ? "behind" : "ahead of"}`;
    const drift = isInStep(driftMs)
      ? fine("clock", "in step with the database's")
      : wrong("clock", `${apart} the database's: let both machines keep their time by NTP`);
    return { checks: [role, drift], keyCheck: await readKeyCheck(db) };
  } finally {
    await db.destroy();
  }
}

function examineKey({ keyFile }: Config, { random }: Deps, keyCheck: string | null): Check {
  if (!existsSync(keyFile)) {
    return keyCheck === null
      ? fine("key file", `none yet at ${keyFile}: \`konter start\` makes it`)
      : wrong(
          "key file",
          `${keyFile} is missing: put it back from your backup, or name it with KEY_FILE`,
        );
  }
  try {
    const seal = createSeal(readKeyFile(keyFile, random), random);
    if (keyCheck !== null) refuseOtherKey(keyCheck, { seal });
    return fine("key file", keyFile);
  } catch (error) {
    return wrong("key file", error instanceof Error ? error.message : String(error));
  }
}

async function examineParties(config: Config, deps: Deps): Promise<Check[]> {
  const { simulators, staffChannelId } = config;
  const reachable: GivenParties = {
    midtrans: config.parties.midtrans ?? simulators?.midtrans,
    digiflazz: config.parties.digiflazz ?? simulators?.digiflazz,
    vip_reseller: config.parties.vip_reseller ?? simulators?.vip_reseller,
    discord: config.parties.discord ?? simulators?.discord,
  };
  const { discord } = reachable;
  const [checked, builtIn, channel] = await Promise.all([
    checkParties(deps, reachable),
    examineBuiltIn(config, deps),
    discord && staffChannelId !== undefined
      ? checkStaffChannel(deps, discord, staffChannelId)
      : undefined,
  ]);
  const ofParty = (name: PartyName): Check => {
    const party = checked.find((one) => one.name === name);
    return party === undefined
      ? { ...fine(knownParties[name].label, builtIn), standing: "simulator" }
      : { ...ofVerdict(party.label, party), standing: party.standing };
  };
  return [
    ...partyNames.map(ofParty),
    ...(channel === undefined ? [] : [ofVerdict("staff channel", channel)]),
  ];
}

/** The simulators that `konter start` runs itself know their credentials by themselves. */
async function examineBuiltIn({ simulatorPort }: Config, deps: Deps): Promise<string> {
  const answer = await callParty(deps, {
    method: "GET",
    url: `http://127.0.0.1:${simulatorPort}/midtrans/_books`,
    timeoutMs: simulatorTimeoutMs,
  });
  return answer.kind === "answer" && answer.status === 200
    ? "runs inside `konter start`"
    : "starts with `konter start`";
}

function ofVerdict(name: string, party: PartyVerdict | CheckedParty): Check {
  return party.verdict === "accepted"
    ? fine(name, party.detail)
    : wrong(name, `${party.detail}: ${party.advice}`);
}

function fine(name: string, detail: string): Check {
  return { name, ok: true, detail };
}

function wrong(name: string, detail: string): Check {
  return { name, ok: false, detail };
}
