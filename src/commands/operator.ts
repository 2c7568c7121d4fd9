/** Operator: a command that acts on the shop's database and writes down who acted. */
import { userInfo } from "node:os";
import type { Act } from "../audit/act.ts";
import { type Config, readConfig } from "../config.ts";
import { openStoreDatabase } from "../database.ts";
import { type Clock, createClock, createSandboxClock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import { createPublisher, type Publish } from "../platform/events.ts";
import { createIds, type Ids } from "../platform/ids.ts";
import { createRandom, type Random } from "../platform/random.ts";
import { clockOffsetMs } from "../platform/store.ts";
import { subscribers } from "../subscribers.ts";
import { failOn } from "./command.ts";
import type { Terminal } from "./terminal.ts";

export interface Shop {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly random: Random;
  readonly publish: Publish;
  readonly terminal: Terminal;
}

/** Opens the shop's database for one command and closes it again, whatever happens. */
export async function withShop<T>(
  terminal: Terminal,
  work: (shop: Shop) => Promise<T>,
): Promise<T> {
  const config = readConfig(terminal.env);
  const { openStoreDatabase: open = openStoreDatabase } = terminal;
  const database = await open(config, createClock());
  const db = database.open({ poolSize: 2, onPoolError: failOn(terminal) });
  try {
    // A live shop's clock was never moved.
    const clock = createSandboxClock({ offsetMs: await clockOffsetMs(db) });
    const random = createRandom();
    const ids = createIds(clock, random);
    const publish = createPublisher({ clock }, subscribers);
    return await work({ config, db, clock, random, ids, publish, terminal });
  } finally {
    await db.destroy();
    await database.close();
  }
}

/** Who types commands here: no name in the act itself, the machine's user beside it. */
export function asOperator(act: Omit<Act, "actor" | "origin">): Act {
  return { ...act, actor: "operator", origin: { machineUser: userInfo().username } };
}
