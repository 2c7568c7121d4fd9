/** Config: the only reader of the environment. Reports every problem at once and stops. */
import { isIP } from "node:net";
import { join } from "node:path";
import * as z from "zod";
import {
  discordId,
  type GivenParties,
  isLoopback,
  type Parties,
  partiesSchema,
  readParties,
} from "./party-settings.ts";
import type { Environment } from "./platform/store.ts";

const port = (fallback: number) =>
  z.coerce.number().int().min(0).max(65_535).default(fallback).describe("a port, 0 to 65535");

const partiesJson = z.string().transform((text, context) => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("must be the JSON object that `konter simulate` printed");
    return z.NEVER;
  }
});

const connectionString = z
  .string()
  // Not z.url: a socket's connection string has no host, which the URL standard does not allow.
  .regex(/^postgres(ql)?:\/\//, "must be a PostgreSQL connection string, postgresql://…");

const rupiah = z
  .string()
  .regex(/^\d{1,12}$/, "must be whole rupiah in digits only, as in 500000")
  .transform(BigInt);

const publicUrl = z
  .url({ protocol: /^https?$/, error: "must be an address, https://…", abort: true })
  .refine((address) => new URL(address).href === `${new URL(address).origin}/`, {
    error: "must be an address without path, as in https://topup.example",
  })
  .transform((address) => new URL(address).origin);

const proxies = z
  .string()
  .transform((list) => list.split(/[\s,]+/).filter((entry) => entry !== ""))
  .refine((entries) => entries.every(isNetwork), {
    error: "must be IP addresses and networks, as in 127.0.0.1, 10.0.0.0/8",
    abort: true,
  })
  .refine((entries) => entries.every((entry) => !/\/0+$/.test(entry)), {
    error: "must not trust every address there is: then anybody may claim to be anybody",
  });

function isNetwork(entry: string): boolean {
  const [address = "", bits, ...more] = entry.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

const schema = z.object({
  KONTER_ENV: z
    .enum(["sandbox", "production"], { error: "must be sandbox or production" })
    .default("sandbox"),
  HOST: z.string().optional(),
  PORT: port(8080),
  SIMULATOR_PORT: port(8090),
  METRICS_PORT: port(8091),
  WORKER: z.enum(["on", "off"], { error: "must be on or off" }).default("on"),
  PUBLIC_URL: publicUrl.optional(),
  TRUSTED_PROXIES: proxies.default([]),
  DATA_DIR: z.string().min(1).default("./data"),
  DATABASE_URL: connectionString.optional(),
  MIGRATION_DATABASE_URL: connectionString.optional(),
  KEY_FILE: z.string().min(1).optional(),
  SEALS_FILE: z.string().min(1).optional(),
  ADJUSTMENT_LIMIT: rupiah.default(500_000n),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  DISCORD_STAFF_CHANNEL_ID: discordId.optional(),
  SIMULATORS: partiesJson.pipe(partiesSchema).optional(),
});

export interface Config {
  readonly environment: Environment;
  /** Where the store listens: 127.0.0.1 in a sandbox, always. */
  readonly host: string;
  readonly port: number;
  readonly simulatorPort: number;
  /** 0: nobody measures. */
  readonly metricsPort: number;
  /** False: this process does no job; they wait in the database. */
  readonly worker: boolean;
  /** Where buyers and parties reach the store. Absent: where it listens, on this machine. */
  readonly publicUrl: string | undefined;
  /** Only these may say for whom they pass a request on. */
  readonly trustedProxies: readonly string[];
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Who owns the tables, where that is not who DATABASE_URL connects as. */
  readonly migrationDatabaseUrl: string | undefined;
  /** What seals secrets at rest; made on the first start. */
  readonly keyFile: string;
  /** Where the heads of seals are published. Absent: a file of the database's own in `dataDir`. */
  readonly sealsFile: string | undefined;
  readonly logLevel: string;
  /** The most that one person corrects a customer's saldo by, in rupiah; above it takes two, or a day. */
  readonly adjustmentLimitIdr: bigint;
  /** Where the people of the shop are told what they must know. */
  readonly staffChannelId: string | undefined;
  /** The real parties: all of them in production, else those that are named. */
  readonly parties: GivenParties;
  /** Who plays the others. Absent: the store runs the simulators itself. */
  readonly simulators: Parties | undefined;
}

/** Thrown with one line per problem; never with a value, which may be a secret. */
export class ConfigError extends Error {}

const loopbackHost = "127.0.0.1";

/** Reads the settings from an environment. Empty variables count as absent. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const problems: string[] = [];
  const report = (variable: string, problem: string) => problems.push(`  ${variable}: ${problem}`);

  const parsed = schema.safeParse(given);
  for (const { path, message } of parsed.error?.issues ?? []) report(path.join("."), message);
  const world = schema.shape.KONTER_ENV.safeParse(given.KONTER_ENV);
  // Without knowing which world this is, nothing more can be said.
  if (!world.success) throw wrong(problems);
  const parties = readParties(given, world.data, report);
  if (world.data === "production") checkLiveShop(given, report);
  if (!parsed.success || problems.length > 0) throw wrong(problems);

  const { data } = parsed;
  return {
    environment: data.KONTER_ENV,
    // Some shells export a HOST of their own, so a sandbox does not even look at it.
    host: data.KONTER_ENV === "sandbox" ? loopbackHost : (data.HOST ?? loopbackHost),
    port: data.PORT,
    simulatorPort: data.SIMULATOR_PORT,
    metricsPort: data.METRICS_PORT,
    worker: data.WORKER === "on",
    publicUrl: data.PUBLIC_URL,
    trustedProxies: data.TRUSTED_PROXIES,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL,
    migrationDatabaseUrl: data.MIGRATION_DATABASE_URL,
    keyFile: data.KEY_FILE ?? join(data.DATA_DIR, "konter.key"),
    sealsFile: data.SEALS_FILE,
    logLevel: data.LOG_LEVEL,
    adjustmentLimitIdr: data.ADJUSTMENT_LIMIT,
    staffChannelId: data.DISCORD_STAFF_CHANNEL_ID,
    parties,
    simulators: data.SIMULATORS,
  };
}

/** What a live shop must not leave to a default. */
function checkLiveShop(
  { PUBLIC_URL: address, HOST: host, SIMULATORS: simulators }: NodeJS.ProcessEnv,
  report: (variable: string, problem: string) => void,
): void {
  if (address === undefined) {
    report("PUBLIC_URL", "is missing: a live shop needs the https address where it is reached");
  } else if (isLoopback(address)) {
    report("PUBLIC_URL", "is this machine's own address: neither buyers nor parties reach it");
  } else if (URL.parse(address)?.protocol === "http:") {
    report("PUBLIC_URL", "must be https: whoever reads a payment page's address may see the order");
  }
  if (host !== undefined && isIP(host) === 0) {
    report("HOST", "must be an IP address of this machine, or 0.0.0.0 for all of them");
  }
  if (simulators !== undefined) report("SIMULATORS", "a live shop uses no simulator: leave it out");
}

function wrong(problems: readonly string[]): ConfigError {
  return new ConfigError(
    `These settings are not right (see .env.example):\n${problems.join("\n")}`,
  );
}
