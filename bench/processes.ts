/** Processes: those that a command has started, as Linux lists them. */
import { readdirSync, readFileSync } from "node:fs";

/** A process and all below it. */
export function descendants(root: number): number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = statusField(Number(name), "PPid");
    if (parent !== undefined) parents.set(Number(name), parent);
  }
  const found = [root];
  for (const pid of found) {
    for (const [child, parent] of parents) if (parent === pid) found.push(child);
  }
  return found;
}

/** The store's own process below the command that started it. */
export function storeBelow(root: number): number {
  const store = descendants(root).find(
    (pid) => read(pid, "cmdline")?.split("\0")[1] === "src/cli.ts",
  );
  if (store === undefined) throw new Error("the store's process is gone");
  return store;
}

function statusField(pid: number, field: string): number | undefined {
  const status = read(pid, "status");
  if (status === undefined) return undefined;
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]);
}

function read(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined; // it ended meanwhile
  }
}
