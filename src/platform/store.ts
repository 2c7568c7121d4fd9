/** Store: which world a database belongs to, and how far its clock has been moved on. */
import type pg from "pg";
import type { Db, Tx } from "./db.ts";
import type { Seal } from "./seal.ts";

/** A sandbox sells pretend goods for pretend money; production is a live shop. */
export type Environment = "sandbox" | "production";

/** What a new database is born with. */
export interface Stamp {
  readonly environment: Environment;
  readonly now: Date;
}

const worlds = { sandbox: "sandbox", production: "live" } as const;

/** Throws when the database belongs to the other world. One without tables belongs to none yet. */
export async function refuseOtherWorld(
  client: pg.ClientBase,
  environment: Environment,
): Promise<void> {
  const found = await worldOf(client);
  if (found === undefined || found === worlds[environment]) return;
  throw new Error(
    found === "live"
      ? "this database belongs to a live shop, and pretend money never meets real goods: give the " +
          "sandbox another one (DATABASE_URL or DATA_DIR), or say KONTER_ENV=production"
      : "this database belongs to a sandbox, and its money and stock are pretend: give the live shop " +
          "another one (DATABASE_URL or DATA_DIR)",
  );
}

/** Which world a database was born into; undefined while it has no tables. */
export async function worldOf(client: pg.ClientBase): Promise<"sandbox" | "live" | undefined> {
  const { rows: made } = await client.query<{ made: boolean }>(
    "select to_regclass('store') is not null as made",
  );
  if (!made[0]?.made) return undefined;
  const { rows } = await client.query<{ environment: "sandbox" | "live" }>(
    "select environment from store",
  );
  return rows[0]?.environment;
}

/** Stamps a new database, for good. */
export async function stampDatabase(client: pg.ClientBase, stamp: Stamp): Promise<void> {
  await client.query(
    "insert into store (environment, created_at) values ($1, $2) on conflict do nothing",
    [worlds[stamp.environment], stamp.now],
  );
}

/** Names a database among others, for a file that belongs to it: when it was born, in milliseconds. */
export async function nameOf(db: Db): Promise<string> {
  const { created_at } = await db
    .selectFrom("store")
    .select("created_at")
    .executeTakeFirstOrThrow();
  return created_at.getTime().toString(36);
}

/** How far the sandbox's clock was moved on before, in milliseconds; 0 for a new database. */
export async function clockOffsetMs(db: Db): Promise<number> {
  const row = await db.selectFrom("store").select("clock_offset_ms").executeTakeFirst();
  return Number(row?.clock_offset_ms ?? 0n);
}

/** Keeps the clock's offset, so that a restart does not go back in time. */
export async function rememberClock(tx: Tx, offsetMs: number): Promise<void> {
  await tx
    .updateTable("store")
    .set({ clock_offset_ms: BigInt(offsetMs) })
    .execute();
}

const keyCheckPlace = "store";
const keyCheckText = "konter";

/** Makes sure that the key file belongs to this database; a new database takes the key it is given. */
export async function checkKey(tx: Tx, deps: { seal: Seal }): Promise<void> {
  const known = await tx
    .selectFrom("store")
    .select("key_check")
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (known.key_check !== null) return refuseOtherKey(known.key_check, deps);
  const sealed = deps.seal.close(keyCheckText, keyCheckPlace);
  await tx.updateTable("store").set({ key_check: sealed }).execute();
}

/** What the database was sealed with, for `refuseOtherKey`; null while it has no key. */
export async function readKeyCheck(db: Db): Promise<string | null> {
  const row = await db.selectFrom("store").select("key_check").executeTakeFirst();
  return row?.key_check ?? null;
}

/** Throws unless this key sealed it. */
export function refuseOtherKey(keyCheck: string, deps: { seal: Seal }): void {
  try {
    deps.seal.open(keyCheck, keyCheckPlace);
  } catch (cause) {
    throw new Error(
      "The key file is not the one of this database: what was sealed with the old one cannot be read. " +
        "Put the right file back, or name it with KEY_FILE",
      { cause },
    );
  }
}
