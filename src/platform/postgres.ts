/**
 * Embedded PostgreSQL: the bundled server in a folder of its own, reached through a socket in that
 * folder and stopped when we stop, however we stop.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import {
  type Binaries,
  findBinaries,
  reachableBy,
  type ServerUser,
  serverUser,
} from "./postgres-binaries.ts";

export interface EmbeddedPostgres {
  /** Of the database `konter`, as the owner of everything in it. */
  readonly connectionString: string;
  /** The same as another role: the socket's folder lets nobody in but us, so it asks for no password. */
  connectionStringAs(role: string): string;
  /** True when a server that was already running is used; `stop` then leaves it alone. */
  readonly adopted: boolean;
  stop(): Promise<void>;
}

// After kill -9 the old server's children can hold its shared memory for a few seconds.
const startRetryMs = 15_000;
const startAgainMs = 250;
const socketPathLimit = 103; // bytes, the least of Linux (107) and macOS (103)
const socketName = ".s.PGSQL.5432";
const owner = "konter";

// Stops the server when standard input closes, which happens even when our process is killed.
const guard = `exec 3<&0
"$@" </dev/null 3<&- & server=$!
{ cat <&3 >/dev/null; kill -INT $server 2>/dev/null; } & watcher=$!
wait $server; status=$?
kill $watcher 2>/dev/null
exit $status`;

/**
 * Starts the server on `<dataDir>/pg18`, creating it on first use, or uses the one that runs there
 * already. `settings` are PostgreSQL parameters beyond ours.
 * Throws with a sentence for the operator when it cannot start.
 */
export async function startEmbeddedPostgres(options: {
  dataDir: string;
  settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const directory = resolve(options.dataDir, "pg18");
  const user = serverUser();
  makeDirectory(directory, user);
  const socket = shortSocketFolder(directory);
  const connectionStringAs = (role: string) =>
    `postgresql://${role}@/konter?host=${encodeURIComponent(socket.folder)}`;
  const binaries = findBinaries(user);
  if (!hasCluster(directory)) createCluster(binaries, directory, user);
  const place = serverPlace(directory, user);
  try {
    const start = () => startServer(binaries, place, directory, socket.folder, options.settings);
    let server = await start();
    for (const deadline = performance.now() + startRetryMs; ; server = await start()) {
      try {
        await createDatabase(socket.folder);
        break;
      } catch (error) {
        // A killed start's server answers for a moment longer, until its guard has stopped it.
        if (server !== undefined || performance.now() > deadline) throw error;
        await delay(startAgainMs);
      }
    }
    return {
      connectionString: connectionStringAs(owner),
      connectionStringAs,
      adopted: server === undefined,
      async stop() {
        if (server !== undefined) await stopServer(server);
        socket.remove();
      },
    };
  } catch (error) {
    socket.remove();
    throw error;
  } finally {
    place.close();
  }
}

function makeDirectory(directory: string, user: ServerUser | undefined): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    if (user !== undefined) chownSync(directory, user.uid, user.gid);
  } catch (cause) {
    throw new Error(`Cannot write ${directory}: choose another folder with DATA_DIR`, { cause });
  }
}

// A socket's path has a limit, so a deep data directory is reached by a link from a shallow one.
function shortSocketFolder(directory: string): { folder: string; remove(): void } {
  if (Buffer.byteLength(join(directory, socketName)) <= socketPathLimit) {
    return { folder: directory, remove: () => {} };
  }
  const parent = mkdtempSync(join(tmpdir(), "konter-"));
  const folder = join(parent, "pg");
  symlinkSync(directory, folder);
  return { folder, remove: () => rmSync(parent, { recursive: true, force: true }) };
}

interface ServerPlace {
  /** The data directory as the server may name it. */
  readonly path: string;
  readonly spawn: { uid?: number; gid?: number; stdio: (number | "pipe" | "ignore")[] };
  close(): void;
}

// Root's clone may lie where `postgres` cannot walk, say below a folder of mode 0700. An open
// directory handed down is reached all the same, by the name the kernel gives it.
function serverPlace(directory: string, user: ServerUser | undefined): ServerPlace {
  if (user === undefined || reachableBy(user, directory)) {
    return { path: directory, spawn: { ...user, stdio: [] }, close: () => {} };
  }
  const handle = openSync(directory, "r");
  const inherited = 9;
  const stdio: (number | "pipe" | "ignore")[] = Array.from(
    { length: inherited - 3 },
    () => "ignore",
  );
  return {
    path: `/proc/self/fd/${inherited}`,
    spawn: { ...user, stdio: [...stdio, handle] },
    close: () => closeSync(handle),
  };
}

function hasCluster(directory: string): boolean {
  return existsSync(join(directory, "PG_VERSION"));
}

// Made aside and moved into place when it is complete: a first start may be killed at any moment,
// and two commands may be the first at once.
function createCluster(binaries: Binaries, directory: string, user: ServerUser | undefined): void {
  if (readdirSync(directory).length > 0 && !hasCluster(directory)) {
    throw new Error(
      `${directory} holds something that is not a database: empty it, or choose another DATA_DIR`,
    );
  }
  removeUnfinished(directory);
  const fresh = `${directory}${unfinished}${process.pid}`;
  makeDirectory(fresh, user);
  const place = serverPlace(fresh, user);
  try {
    runInitdb(binaries, place);
    renameSync(fresh, directory);
    syncDirectory(dirname(directory));
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // The other command was faster; its cluster is as good.
    if (!hasCluster(directory)) throw error;
  } finally {
    place.close();
  }
}

const unfinished = "-new-";

function removeUnfinished(directory: string): void {
  const prefix = basename(directory) + unfinished;
  for (const name of readdirSync(dirname(directory))) {
    if (!name.startsWith(prefix) || isRunning(Number(name.slice(prefix.length)))) continue;
    rmSync(join(dirname(directory), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  fsyncSync(handle);
  closeSync(handle);
}

function runInitdb(binaries: Binaries, place: ServerPlace): void {
  const settings = ["--username=konter", "--auth=trust", "--encoding=UTF8", "--no-locale"];
  const { stdio, ...user } = place.spawn;
  execFileSync(binaries.initdb, ["-D", place.path, ...settings, "--no-instructions"], {
    ...user,
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe", ...stdio],
  });
}

/** Resolves to undefined when the server that answers there is another's. */
async function startServer(
  binaries: Binaries,
  place: ServerPlace,
  directory: string,
  socketFolder: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<ChildProcess | undefined> {
  const ours = `konter-${process.pid}`;
  const parameters = {
    cluster_name: ours,
    listen_addresses: "",
    unix_socket_directories: ".",
    max_connections: "200",
    // Jobs come and go by the hundred a second: what they leave is swept in time.
    autovacuum_naptime: "10s",
    shared_buffers: "64MB",
    timezone: "UTC",
    jit: "off",
    ...settings,
  };
  const args = ["-D", place.path];
  for (const [name, value] of Object.entries(parameters)) args.push("-c", `${name}=${value}`);
  const logPath = resolve(directory, "..", "postgres.log");

  for (const deadline = performance.now() + startRetryMs; ; ) {
    if ((await answering(socketFolder)) !== undefined) return undefined;
    const log = openSync(logPath, "a");
    const { stdio, ...user } = place.spawn;
    const server = spawn("/bin/sh", ["-c", guard, "konter-postgres", binaries.postgres, ...args], {
      ...user,
      cwd: "/",
      // A session of its own: Ctrl-C reaches the store, which stops the server when it is done.
      detached: true,
      stdio: ["pipe", log, log, ...stdio],
    });
    closeSync(log);
    const gone = new AbortController();
    server.once("exit", () => gone.abort());
    server.once("error", () => gone.abort());
    const ready = await firstToAnswer(socketFolder, gone.signal);
    if (ready !== undefined) {
      server.unref();
      // Two commands may start at once: then one of the two servers has found the other's lock file.
      return ready === ours ? server : undefined;
    }
    if (performance.now() > deadline) throw new Error(startFailure(logPath));
    await delay(startAgainMs);
  }
}

function startFailure(logPath: string): string {
  const lines = existsSync(logPath) ? readFileSync(logPath, "utf8").trim().split("\n") : [];
  const reason = lines.findLast((line) => /FATAL|ERROR|PANIC|cannot|error/.test(line));
  return `PostgreSQL did not start: ${reason ?? "no reason given"}. Its log is ${logPath}`;
}

/** The name of the server that answers there. */
async function answering(socketFolder: string): Promise<string | undefined> {
  const client = new pg.Client({ host: socketFolder, user: "konter", database: "postgres" });
  client.on("error", () => {}); // a server that stops just now; the query tells
  try {
    await client.connect();
    const { rows } = await client.query<{ cluster_name: string }>("show cluster_name");
    return rows[0]?.cluster_name;
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => {});
  }
}

async function firstToAnswer(socketFolder: string, gone: AbortSignal): Promise<string | undefined> {
  while (!gone.aborted) {
    const name = await answering(socketFolder);
    if (name !== undefined) return name;
    await delay(25);
  }
  return undefined;
}

async function createDatabase(socketFolder: string): Promise<void> {
  const client = new pg.Client({ host: socketFolder, user: "konter", database: "postgres" });
  await client.connect();
  try {
    // Two commands may be the first at once, and `create database` knows no "if not exists".
    await client.query("select pg_advisory_lock(hashtext('konter.create'))");
    const found = await client.query("select from pg_database where datname = 'konter'");
    if (found.rowCount === 0) await client.query("create database konter");
  } finally {
    await client.end();
  }
}

async function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.ref();
  const exited = new Promise<void>((done) => server.once("exit", () => done()));
  server.stdin?.end();
  await exited;
}
