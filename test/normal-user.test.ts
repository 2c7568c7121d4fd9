/** Normal user: the store needs no root, only a folder of its user's own. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { reachableBy, serverUser } from "../src/platform/postgres-binaries.ts";
import { cleanUp } from "./database.ts";
import { prepareStore } from "./store-process.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const nobody = { uid: 65_534, gid: 65_534 };

test("a user without rights starts a store on a folder of theirs, and finds it again", async (t) => {
  const { user, home, environment } = aUser(t);
  const DATA_DIR = join(home, "shop", "data");
  const settings = { ...environment, DATA_DIR, DATABASE_URL: "", SIMULATOR_PORT: "0" };
  const store = await prepareStore(cleanUp(t), settings, user === undefined ? {} : { user });
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

/** `nobody` when the tests run as root and nobody can read this checkout; else who runs the tests. */
function aUser(t: TestContext) {
  const home = mkdtempSync(join(tmpdir(), "konter-user-"));
  cleanUp(t)(() => rmSync(home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  const user = process.getuid?.() === 0 && reachableBy(nobody, root) ? nobody : undefined;
  if (user !== undefined) chownSync(home, user.uid, user.gid);
  else t.diagnostic("as the user who runs the tests");
  return { user, home, environment: { HOME: home, TMPDIR: home, KEY_FILE: "" } };
}
