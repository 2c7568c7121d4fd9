/** Customers: who buys, and in which language they are spoken to. */
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import {
  callLock,
  findByDiscordId,
  findByKeyId,
  insertCustomer,
  selectByDiscordIds,
  selectDiscordId,
} from "./repository.ts";

export type Locale = "id" | "en";

export interface Customer {
  readonly id: string;
}

/** The customer who sells with an API key, made on its first use: each key has a saldo of its own. */
export async function customerOfKey(
  tx: Tx,
  deps: { clock: Clock; ids: Ids },
  input: { keyId: string },
): Promise<Customer> {
  const known = await findByKeyId(tx, input.keyId);
  if (known !== undefined) return known;
  const holder = { keyId: input.keyId, locale: "id" } as const;
  await insertCustomer(tx, { id: deps.ids.uuid(), ...holder, createdAt: deps.clock.now() });
  const customer = await findByKeyId(tx, input.keyId);
  if (customer === undefined) throw new Error(`the customer of key ${input.keyId} vanished`);
  return customer;
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
  await insertCustomer(tx, { id: deps.ids.uuid(), ...input, createdAt: deps.clock.now() });
  // Two first meetings at once: whoever came second reads the row of the first.
  const customer = await findByDiscordId(tx, input.discordId);
  if (customer === undefined) throw new Error(`customer ${input.discordId} vanished`);
  return customer;
}
