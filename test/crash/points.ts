/**
 * Points: the named moments at which a store's process can be killed, before and after each call
 * outside and each commit. They are found where the process meets the world, without a hook in it.
 */
import { REST } from "@discordjs/rest";
import pg from "pg";
import type { Fetch } from "../../src/platform/http.ts";

/** Told of each moment, `midtrans charge: before` and the like. What it returns holds whoever came. */
export type Reach = (point: string) => Promise<never> | undefined;

// What only reads or locks changes nothing by its commit.
const functionsThatWrite =
  /\b(?!\w+_(?:score|lock|read)\b)((?:audit|inventory|jobs|ledger|orders|payments|risk)_\w+)\s*\(/g;
const tablesWritten = /\b(insert into|update|delete from) "?(\w+)"?/g;
const stateSet = /^update "(\w+)" set (?:.*, )?"state" = \$(\d+)/;

/** What a statement writes, in words: the tables, the functions, and where a state goes. */
function writesOf(text: string, values: readonly unknown[]): string[] {
  const [, table, place] = stateSet.exec(text) ?? [];
  const functions = [...text.matchAll(functionsThatWrite)].map(([, name = ""]) => name);
  // `for update` locks; and of an upsert the insert has been named.
  const statements = text.replace(/\b(?:for|for no key|do) update\b|\bupdate on\b/g, "");
  const tables = [...statements.matchAll(tablesWritten)].map(([, verb, name = ""]) => {
    // A job that is done is no new job.
    if (verb === "delete from") return `${name} done`;
    return name === table ? `${name} ${values[Number(place) - 1]}` : name;
  });
  return [...tables, ...functions];
}

type Query = (config: unknown, values?: unknown, callback?: unknown) => unknown;

/** Watches every connection of this process. A commit is named by what its transaction wrote. */
export function watchDatabase(reach: Reach): void {
  const open = new WeakMap<object, Set<string>>();
  const prototype: { query: Query } = pg.Client.prototype;
  const { query } = prototype;

  const nameOf = (client: object, text: string, values: readonly unknown[]) => {
    if (/^\s*(begin|start transaction)/i.test(text)) open.set(client, new Set());
    const wrote = open.get(client);
    if (/^\s*(commit|rollback)/i.test(text)) {
      open.delete(client);
      const committed = /^\s*commit/i.test(text) && wrote !== undefined && wrote.size > 0;
      return committed ? `commit of ${[...wrote].sort().join(", ")}` : undefined;
    }
    const writes = writesOf(text.replace(/\s+/g, " ").trim(), values);
    if (wrote === undefined) return writes.length === 0 ? undefined : writes.join(", ");
    for (const one of writes) wrote.add(one);
    return undefined;
  };

  prototype.query = function (this: object, config, given, callback) {
    const asked: { text?: unknown; values?: unknown } =
      typeof config === "object" && config !== null ? config : { text: config, values: given };
    const values = asked.values ?? given;
    const name = nameOf(this, String(asked.text), Array.isArray(values) ? values : []);
    if (name === undefined) return query.call(this, config, given, callback);
    const held = reach(`${name}: before`);
    if (held !== undefined) return held;
    const answer = query.call(this, config, given, callback);
    if (!(answer instanceof Promise)) return answer;
    return answer.then((result: unknown) => reach(`${name}: after`) ?? result);
  };
}

/** Tells of each call to a party: `after` when the whole answer, or none, is here. */
export function watchFetch(
  send: Fetch,
  parties: Readonly<Record<string, string>>,
  reach: Reach,
): Fetch {
  return async (url, init) => {
    const call = callName(parties, url);
    await reach(`${call}: before`);
    try {
      return await send(url, init); // it has read the whole answer
    } finally {
      await reach(`${call}: after`);
    }
  };
}

/** `midtrans status`: the party, and the words of the path that are not a reference or a version. */
function callName(parties: Readonly<Record<string, string>>, url: string): string {
  const [party = "unknown", base = ""] =
    Object.entries(parties).find(([, address]) => url.startsWith(address)) ?? [];
  const words = url.slice(base.length).split(/[/?]/);
  return [party, ...words.filter((word) => /^[a-z][a-z-]+$/.test(word))].join(" ");
}

/** Watches what the bot asks of Discord, which goes through its library's own queue. */
export function watchDiscord(reach: Reach): void {
  const { queueRequest } = REST.prototype;
  REST.prototype.queueRequest = async function (request) {
    const path = request.fullRoute.replace(/\/(\d+|[\w-]{20,})(?=\/|$)/g, "");
    const call = `discord ${request.method} ${path}`;
    await reach(`${call}: before`);
    try {
      return await queueRequest.call(this, request);
    } finally {
      await reach(`${call}: after`);
    }
  };
}
