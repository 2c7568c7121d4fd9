/** Auth: who calls the API, by the key in `Authorization: Bearer`. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { customersOfKeys } from "../customers/customer.ts";
import { createCache } from "../platform/cache.ts";
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import { gather } from "../platform/gather.ts";
import type { Ids } from "../platform/ids.ts";
import { Refusal } from "../platform/refusal.ts";
import { findKeys } from "../staff/keys.ts";
import type { KeyScope } from "../staff/roles.ts";

export interface Caller {
  readonly keyId: string;
  /** Whose saldo and orders a key sees: its own, and nobody else's. */
  readonly customerId: string;
  readonly scopes: readonly KeyScope[];
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set on routes behind the gate. */
    caller: Caller;
  }
}

/** A hook that lets nobody through but a key with one of these scopes. */
export type Gate = (...scopes: KeyScope[]) => (request: FastifyRequest) => Promise<void>;

// A revoked key stops within this time on every process.
const trustMs = 1_000;
const remembered = 10_000;
// Whose a key is never changes.
const rememberMs = 3600_000;

/** Makes the gate of an API. Call it before routes are registered. */
export function createGate(
  app: FastifyInstance,
  deps: { db: Database; clock: Clock; ids: Ids },
): Gate {
  const { db } = deps;
  const known = createCache<Caller>(deps, { size: remembered });
  const holders = createCache<string>(deps, { size: remembered });
  const lookUp = gather((keys: readonly string[]) => findKeys(db, keys));
  const lookUpHolder = gather((keyIds: readonly string[]) =>
    inTransaction(db, (tx) => customersOfKeys(tx, deps, keyIds)),
  );
  app.decorateRequest("caller");

  const identify = async (key: string): Promise<Caller> => {
    const found = await lookUp(key);
    if (found === undefined) throw new Refusal("key.invalid");
    const { id: keyId, scopes } = found;
    let customerId = holders.get(keyId);
    if (customerId === undefined) {
      customerId = (await lookUpHolder(keyId)).id;
      holders.set(keyId, customerId, rememberMs);
    }
    return { keyId, scopes, customerId };
  };

  return (...scopes) =>
    async (request) => {
      const [, key] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
      if (key === undefined) throw new Refusal("key.missing");
      let caller = known.get(key);
      if (caller === undefined) {
        caller = await identify(key);
        known.set(key, caller, trustMs);
      }
      if (!scopes.some((scope) => caller.scopes.includes(scope))) {
        throw new Refusal("key.scope", { scope: scopes.join(" or ") });
      }
      request.caller = caller;
    };
}
