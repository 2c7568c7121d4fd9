/** Normal user: the store needs no root, only a folder of its user's own. */
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { reachableBy, serverUser } from "../src/platform/postgres-binaries.ts";
import { cleanUp } from "./database.ts";
import { freePort, isReady, prepareStore } from "./store-process.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const nobody = { uid: 65_534, gid: 65_534 };

test("a user without rights starts a store on a folder of theirs, and finds it again", async (t) => {
  const { atEnd, user, home, environment } = aUser(t);
  const DATA_DIR = join(home, "shop", "data");
  const settings = { ...environment, DATA_DIR, DATABASE_URL: "", SIMULATOR_PORT: "0" };
  const store = await prepareStore(atEnd, settings, user === undefined ? {} : { user });
  for (const time of ["first", "second"]) {
    const readyMs = await store.start();
    t.diagnostic(`${time} start as user ${user?.uid ?? process.getuid?.()}: ${readyMs} ms`);
    store.signal("SIGTERM");
    assert.equal(await store.ended(), 0, store.log());
  }
  assert.deepEqual(readdirSync(DATA_DIR).toSorted(), [
    "konter.key",
    "pg18",
    "postgres.log",
    "simulators",
  ]);
  const { mode, uid } = statSync(join(DATA_DIR, "pg18"));
  assert.equal(mode & 0o777, 0o700);
  // PostgreSQL never runs as root, so root's cluster is another user's.
  assert.equal(uid, user?.uid ?? serverUser()?.uid ?? process.getuid?.());
});

test("a user who may not write the data folder is told so in one sentence", (t) => {
  const { user, home, environment } = aUser(t);
  const closed = join(home, "closed");
  mkdirSync(closed);
  chmodSync(closed, 0o555);
  const { status, stderr } = spawnSync(process.execPath, ["src/cli.ts", "migrate"], {
    ...user,
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, ...environment, DATA_DIR: join(closed, "data"), DATABASE_URL: "" },
  });
  // Root writes everywhere: where no other user can be had, that is what is seen.
  if (user === undefined && process.getuid?.() === 0) return assert.equal(status, 0, stderr);
  assert.equal(status, 1);
  assert.match(stderr, /^konter: Cannot write \S+pg18: choose another folder with DATA_DIR\n$/);
});

test("a user's own clone starts with one command, and is tested with the other", async (t) => {
  const { atEnd, user, home } = aUser(t);
  const clone = join(home, "konter");
  makeClone(clone, home);
  bringModules(clone);
  if (user !== undefined) {
    // The files of node_modules are this checkout's too, so only its folders become the user's.
    const owner = `${user.uid}:${user.gid}`;
    const theirs = "find . ! \\( -path '*/node_modules/*' ! -type d \\) -exec chown -h";
    execFileSync("sh", ["-c", `${theirs} ${owner} {} +`], { cwd: clone });
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const free = { PORT: String(port), SIMULATOR_PORT: "0", METRICS_PORT: "0" };
  const options = { ...user, cwd: clone, env: { ...loginEnvironment(home), ...free } };

  const startedAt = performance.now();
  const shop = spawn("npm", ["start"], { ...options, detached: true, stdio: "ignore" });
  const { pid } = shop;
  assert.ok(pid);
  const ended = once(shop, "exit");
  atEnd(() => {
    if (shop.exitCode === null && shop.signalCode === null) process.kill(-pid, "SIGKILL");
  });
  while (!(await isReady(url))) {
    assert.equal(shop.exitCode, null, "npm start ended");
    await delay(50);
  }
  t.diagnostic(`npm start: ready after ${Math.round(performance.now() - startedAt)} ms`);
  assert.ok(existsSync(join(clone, "data", "konter.key")));

  // While the shop runs, as it would for whoever works on it.
  const small = ["test", "--", "src/platform/money.test.ts"];
  const { status, stdout, stderr } = spawnSync("npm", small, { ...options, encoding: "utf8" });
  assert.equal(status, 0, stdout + stderr);
  assert.match(stdout, /^ℹ pass [1-9]/m);
  process.kill(-pid, "SIGINT"); // Ctrl-C reaches npm and the shop alike
  await ended;
  while (await isReady(url)) await delay(50);
});

/** What git gives to whoever clones; of a checkout without history, a copy. */
function makeClone(clone: string, home: string): void {
  if (existsSync(join(root, ".git"))) {
    // Whoever runs the tests need not be who owns this checkout.
    writeFileSync(join(home, ".gitconfig"), "[safe]\n  directory = *\n");
    const env = { PATH: process.env.PATH, HOME: home };
    execFileSync("git", ["clone", "--quiet", "--no-hardlinks", root, clone], { env });
    return;
  }
  const left = new Set(["node_modules", "data", "dist"].map((name) => join(root, name)));
  cpSync(root, clone, { recursive: true, filter: (path) => !left.has(path) });
}

/** What the first command would fetch and build, so that the test needs no network. */
function bringModules(clone: string): void {
  const [from, to] = [join(root, "node_modules"), join(clone, "node_modules")];
  // The same files under other names take no time and no room; between disks they are copied.
  const copy = 'cp -al "$0" "$1" 2>/dev/null || { rm -rf "$1"; cp -a "$0" "$1"; }';
  execFileSync("sh", ["-c", copy, from, to]);
  cpSync(join(root, "playground", "dist"), join(clone, "playground", "dist"), { recursive: true });
}

/** A fresh login's: nothing of this checkout, of npm or of the test runner is in it. */
function loginEnvironment(home: string) {
  const path = (process.env.PATH ?? "").split(":").filter((folder) => !/node_modules/.test(folder));
  return { HOME: home, TMPDIR: home, PATH: path.join(":") };
}

/** `nobody` when the tests run as root and nobody can read this checkout; else who runs the tests. */
function aUser(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), "konter-user-"));
  const atEnd = cleanUp(t);
  atEnd(() => rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const user = process.getuid?.() === 0 && reachableBy(nobody, root) ? nobody : undefined;
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  else t.diagnostic("as the user who runs the tests");
  return { atEnd, user, home, environment: { HOME: home, TMPDIR: home, KEY_FILE: "" } };
}
