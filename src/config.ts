/** Config: the only reader of the environment. Reports every problem at once and stops. */
import { join } from "node:path";
import * as z from "zod";

const loopback = z
  .url({ protocol: /^https?$/ })
  .refine(
    (text) => ["127.0.0.1", "localhost", "[::1]"].includes(new URL(text).hostname),
    "must be on 127.0.0.1: this version sells pretend goods for pretend money only",
  );

const secret = z.string().min(1);

/** What `konter simulate` prints: where each party is and how to speak to it. */
export const partiesSchema = z.object({
  midtrans: z.object({ base_url: loopback, server_key: secret, merchant_id: secret }),
  digiflazz: z.object({
    base_url: loopback,
    username: secret,
    api_key: secret,
    webhook_secret: secret,
    // Digiflazz's own test mode, for which there is a development key.
    testing: z.boolean().default(false),
  }),
  vip_reseller: z.object({ base_url: loopback, api_id: secret, api_key: secret }),
  discord: z.object({
    base_url: loopback,
    token: secret,
    application_id: secret,
    channel_id: secret,
  }),
});

export type Parties = z.infer<typeof partiesSchema>;

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

const schema = z.object({
  PORT: port(8080),
  SIMULATOR_PORT: port(8090),
  METRICS_PORT: port(8091),
  DATA_DIR: z.string().min(1).default("./data"),
  // Not z.url: a socket's connection string has no host, which the URL standard does not allow.
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be a PostgreSQL connection string, postgresql://…")
    .optional(),
  MIGRATION_DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "must be a PostgreSQL connection string, postgresql://…")
    .optional(),
  KEY_FILE: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
  SIMULATORS: partiesJson.pipe(partiesSchema).optional(),
});

export interface Config {
  readonly port: number;
  readonly simulatorPort: number;
  /** 0: nobody measures. */
  readonly metricsPort: number;
  readonly dataDir: string;
  /** Absent: the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | undefined;
  /** Who owns the tables, where that is not who DATABASE_URL connects as. */
  readonly migrationDatabaseUrl: string | undefined;
  /** What seals secrets at rest; made on the first start. */
  readonly keyFile: string;
  readonly logLevel: string;
  /** Absent: the store runs the simulators itself. */
  readonly parties: Parties | undefined;
}

/** Thrown with one line per problem; never with a value, which may be a secret. */
export class ConfigError extends Error {}

/** Reads the settings from an environment. Empty variables count as absent. */
export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new ConfigError(`These settings are not right (see .env.example):\n${lines.join("\n")}`);
  }
  const { data } = parsed;
  return {
    port: data.PORT,
    simulatorPort: data.SIMULATOR_PORT,
    metricsPort: data.METRICS_PORT,
    dataDir: data.DATA_DIR,
    databaseUrl: data.DATABASE_URL,
    migrationDatabaseUrl: data.MIGRATION_DATABASE_URL,
    keyFile: data.KEY_FILE ?? join(data.DATA_DIR, "konter.key"),
    logLevel: data.LOG_LEVEL,
    parties: data.SIMULATORS,
  };
}
