/** Store: which world a database belongs to, and how far its clock has been moved on. */
import type { Db, Tx } from "./db.ts";
import type { Seal } from "./seal.ts";

/** Stamps a new database as a sandbox. Throws for one that holds a live shop. */
export async function stampSandbox(tx: Tx, now: Date): Promise<void> {
  await tx
    .insertInto("store")
    .values({ environment: "sandbox", created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { environment } = await tx
    .selectFrom("store")
    .select("environment")
    .executeTakeFirstOrThrow();
  if (environment !== "sandbox") {
    throw new Error("This database belongs to a live shop: pretend money never meets real goods");
  }
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
  const { key_check: known } = await tx
    .selectFrom("store")
    .select("key_check")
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (known === null) {
    const sealed = deps.seal.close(keyCheckText, keyCheckPlace);
    await tx.updateTable("store").set({ key_check: sealed }).execute();
    return;
  }
  try {
    deps.seal.open(known, keyCheckPlace);
  } catch (cause) {
    throw new Error(
      "The key file is not the one of this database: what was sealed with the old one cannot be read. " +
        "Put the right file back, or name it with KEY_FILE",
      { cause },
    );
  }
}
