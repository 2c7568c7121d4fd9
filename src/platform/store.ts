/** Store: which world a database belongs to, and how far its clock has been moved on. */
import type { Db, Tx } from "./db.ts";

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
