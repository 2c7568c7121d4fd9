/** Commands: what `konter <command>` does. */
import { parseArgs } from "node:util";
import { startSimulators } from "../simulators/world.ts";
import { renderPreview } from "./catalog/preview.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { openStoreDatabase } from "./database.ts";
import { startStore } from "./main.ts";
import { createSandboxClock } from "./platform/clock.ts";
import { openDatabase } from "./platform/db.ts";
import { createIds } from "./platform/ids.ts";
import { createLog } from "./platform/log.ts";
import { createRandom } from "./platform/random.ts";
import { seedSandbox } from "./seed.ts";

const help = `konter <command>

  start                 run the shop with its sandbox world and playground
  seed                  add what is missing of the seed catalog; changes nothing that is there
  seed --preview        show the seed catalog, its mark-up and its projected turnover
  migrate               bring the database up to this version
  simulate [--port N]   run the simulated parties alone and print where they are, as JSON
                        [--store URL] is where their webhooks go (default http://127.0.0.1:8080)
  help                  show this

Settings are environment variables: see .env.example.
`;

const usageError = 2;

class UsageError extends Error {}

const commands: Readonly<Record<string, (args: string[]) => Promise<void>>> = {
  start,
  seed,
  migrate,
  simulate,
  help: async () => print(help),
};

function print(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

async function start(args: string[]): Promise<void> {
  options(args, {});
  const config = readConfig(process.env);
  const log = createLog({ level: config.logLevel, terminal: process.stderr.isTTY });
  const store = await startStore({ config, log, onFatal: fail });
  print(`Konter is ready.

  Playground  ${store.url}/playground/
  Prices      ${store.url}/api/v1/game/price/ml
  Data        ${config.databaseUrl === undefined ? config.dataDir : "the database of DATABASE_URL"}

Everything here is a sandbox: pretend money, pretend goods. Press Ctrl-C to stop.`);
  const stop = stopOnce(() => store.stop());
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

async function seed(args: string[]): Promise<void> {
  const { preview } = options(args, { preview: { type: "boolean" } });
  if (preview) return print(renderPreview());
  await withDatabase(readConfig(process.env), async (connectionString) => {
    const db = openDatabase({ connectionString, poolSize: 1, onPoolError: fail });
    try {
      const clock = createSandboxClock({});
      const added = await seedSandbox(db, { clock, ids: createIds(clock, createRandom()) });
      print(
        added.length === 0 ? "Nothing to add: the seed is there." : `Added ${added.join(", ")}.`,
      );
    } finally {
      await db.destroy();
    }
  });
}

async function migrate(args: string[]): Promise<void> {
  options(args, {});
  await withDatabase(readConfig(process.env), async (_connectionString, migrated) => {
    const { migrations, functions } = migrated;
    const changed = [...migrations, ...functions];
    print(changed.length === 0 ? "The database is up to date." : `Applied:\n${changed.join("\n")}`);
  });
}

async function simulate(args: string[]): Promise<void> {
  const given = options(args, { port: { type: "string" }, store: { type: "string" } });
  const config = readConfig(
    given.port === undefined ? process.env : { ...process.env, SIMULATOR_PORT: given.port },
  );
  const simulators = await startSimulators({
    port: config.simulatorPort,
    clock: createSandboxClock({}),
    randomBytes: createRandom().bytes,
    storeUrl: given.store ?? `http://127.0.0.1:${config.port}`,
  });
  print(JSON.stringify(simulators.parties));
  const stop = stopOnce(() => simulators.close());
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
}

type Flags = Record<string, { type: "boolean" | "string" }>;

function options<F extends Flags>(args: string[], flags: F) {
  try {
    return parseArgs({ args, options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function withDatabase(
  config: Config,
  work: (
    connectionString: string,
    migrated: Awaited<ReturnType<typeof openStoreDatabase>>["migrated"],
  ) => Promise<void>,
): Promise<void> {
  const database = await openStoreDatabase(config);
  try {
    await work(database.connectionString, database.migrated);
  } finally {
    await database.close();
  }
}

function stopOnce(stop: () => Promise<void>): () => void {
  return () => {
    process.stderr.write("Stopping…\n");
    stop().then(() => process.exit(0), fail);
  };
}

function fail(error: unknown): never {
  process.stderr.write(`konter: ${explain(error)}\n`);
  process.exit(error instanceof UsageError || error instanceof ConfigError ? usageError : 1);
}

// What an operator can act on is a sentence; anything else keeps its stack.
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    const port = "port" in error ? String(error.port) : "";
    return `port ${port} is taken: choose others with PORT and SIMULATOR_PORT`;
  }
  if (error instanceof UsageError) return `${error.message}\n\n${help}`;
  return error.message || (error.stack ?? String(error));
}

/** Runs the command that the arguments name; ends the process with 2 for a wrong call, 1 for a failure. */
export async function runCommand([name = "help", ...args]: string[]): Promise<void> {
  const command = commands[name === "--help" || name === "-h" ? "help" : name];
  if (command === undefined) fail(new UsageError(`there is no command ${name}`));
  await command(args).catch(fail);
}
