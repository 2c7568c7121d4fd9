/** Keys: API keys of 256 random bits, shown once and kept as a hash. */
import { createHash } from "node:crypto";
import type { Clock } from "../platform/clock.ts";
import type { Db, Tx } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import type { Random } from "../platform/random.ts";
import { Refusal } from "../platform/refusal.ts";
import {
  insertKey,
  revokeKeyRow,
  selectKeys,
  selectKeysByHash,
  updateKeyHash,
} from "./repository.ts";
import { isKeyScope, type KeyScope } from "./roles.ts";

// The prefix lets people and secret scanners see what it is.
const prefix = "konter_";
const keyBytes = 32;

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly KeyScope[];
}

// A fast hash is right here: 256 random bits cannot be guessed, unlike a password.
function hashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

function newText(random: Random): string {
  return prefix + Buffer.from(random.secret(keyBytes)).toString("base64url");
}

/** Makes a key. Its text is in the answer and nowhere else, ever. */
export async function createKey(
  tx: Tx,
  deps: { clock: Clock; ids: Ids; random: Random },
  input: { name: string; scopes: readonly KeyScope[] },
): Promise<{ keyId: string; key: string }> {
  const key = newText(deps.random);
  const keyId = deps.ids.uuid();
  await insertKey(tx, {
    id: keyId,
    name: input.name,
    hash: hashOf(key),
    scopes: [...input.scopes],
    now: deps.clock.now(),
  });
  return { keyId, key };
}

/** The keys that texts are, in their order: undefined for what is none of ours or was revoked. */
export async function findKeys(
  db: Db,
  keys: readonly string[],
): Promise<readonly (ApiKey | undefined)[]> {
  const hashes = keys.map(hashOf);
  const rows = await selectKeysByHash(db, hashes);
  return hashes.map((hash) => {
    const row = rows.find((one) => one.hash.equals(hash));
    return row && { id: row.id, name: row.name, scopes: row.scopes.filter(isKeyScope) };
  });
}

/**
 * Gives a key a new text; the old one stops. Whoever holds it keeps the saldo and the orders that are
 * the key's. Refuses one that is unknown or ended.
 */
export async function rotateKey(
  tx: Tx,
  deps: { random: Random },
  input: { keyId: string },
): Promise<{ name: string; key: string }> {
  const key = newText(deps.random);
  const name = await updateKeyHash(tx, input.keyId, hashOf(key));
  if (name === undefined) throw new Refusal("key.unknown", { key: input.keyId });
  return { name, key };
}

/** Ends a key for ever. Refuses one that is unknown or ended already. Returns its name. */
export async function revokeKey(
  tx: Tx,
  deps: { clock: Clock },
  input: { keyId: string },
): Promise<string> {
  const name = await revokeKeyRow(tx, input.keyId, deps.clock.now());
  if (name === undefined) throw new Refusal("key.unknown", { key: input.keyId });
  return name;
}

/** All keys, oldest first, without what they are. */
export async function listKeys(db: Db) {
  return selectKeys(db);
}
