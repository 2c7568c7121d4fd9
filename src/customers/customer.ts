/** Customers: who buys, and in which language they are spoken to. */
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import {
  callLock,
  findByDiscordId,
  insertCustomers,
  selectByDiscordIds,
  selectByKeyIds,
  selectDiscordId,
} from "./repository.ts";

export type Locale = "id" | "en";

export interface Customer {
  readonly id: string;
}

/**
 * The customers who sell with API keys, in the keys' order, each made on the first use of its key: a key
 * has a saldo of its own.
 */
export async function customersOfKeys(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  keyIds: readonly string[],
): Promise<readonly Customer[]> {
  const rows = await selectByKeyIds(tx, keyIds);
  const known = new Set(rows.map((row) => row.key_id));
  // In one order, so that two who meet the same keys at once wait for each other and not in a circle.
  const unknown = [...new Set(keyIds)].filter((keyId) => !known.has(keyId)).sort();
  if (unknown.length > 0) {
    const others = { locale: "id", createdAt: deps.clock.now() } as const;
    await insertCustomers(
      tx,
      unknown.map((keyId) => ({ id: deps.ids.uuid(), keyId, ...others })),
    );
    rows.push(...(await selectByKeyIds(tx, unknown)));
  }
  const byKey = new Map(rows.map(({ id, key_id }) => [key_id, { id }]));
  return keyIds.map((keyId) => {
    const customer = byKey.get(keyId);
    if (customer === undefined) throw new Error(`the customer of key ${keyId} vanished`);
    return customer;
  });
}

/** Locks a customer in the caller's transaction: what they place meanwhile waits. */
export async function lockCustomer(tx: Tx, customerId: string): Promise<void> {
  await callLock(tx, [customerId]);
}

/** The Discord id of a customer; null for one who is not from Discord. */
export async function discordIdOf(db: Db, customerId: string): Promise<string | null> {
  return selectDiscordId(db, customerId);
}

/** The customers of Discord users, in their order; undefined for one not met before. */
export async function findCustomers(
  db: Db,
  discordIds: readonly string[],
): Promise<(Customer | undefined)[]> {
  const rows = await selectByDiscordIds(db, discordIds);
  const byDiscordId = new Map(rows.map(({ id, discord_id }) => [discord_id, { id }]));
  return discordIds.map((discordId) => byDiscordId.get(discordId));
}

/** The customer of a Discord user, made on the first meeting. */
export async function customerOf(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  input: { discordId: string; locale: Locale },
): Promise<Customer> {
  const known = await findByDiscordId(tx, input.discordId);
  if (known !== undefined) return known;
  await insertCustomers(tx, [{ id: deps.ids.uuid(), ...input, createdAt: deps.clock.now() }]);
  // Two first meetings at once: whoever came second reads the row of the first.
  const customer = await findByDiscordId(tx, input.discordId);
  if (customer === undefined) throw new Error(`customer ${input.discordId} vanished`);
  return customer;
}
