/** Check: asks who a game account is, and gives a token that proves it to a quote. */
import type { Clock } from "../platform/clock.ts";
import { type Database, inTransaction } from "../platform/db.ts";
import type { Ids } from "../platform/ids.ts";
import type { GameAccount } from "./game.ts";
import type { LookedUp, NicknameLookup } from "./look-up.ts";
import { insertCheck, selectCheck } from "./repository.ts";

const tokenLifeMs = 10 * 60_000;

export type Checked =
  | { readonly outcome: "found"; readonly nickname: string; readonly checkToken: string }
  | { readonly outcome: "unavailable"; readonly checkToken: string }
  /** Without a token: nothing can be sold to this account, or not now. */
  | Extract<LookedUp, { outcome: "wrong_region" | "not_found" | "too_many" }>;

/** Checks an account for a customer. The token is bound to both and lives 10 minutes. */
export async function checkGameAccount(
  db: Database,
  deps: { clock: Clock; ids: Ids; lookup: NicknameLookup },
  input: { customerId: string; gameAccount: GameAccount },
): Promise<Checked> {
  const { customerId, gameAccount } = input;
  const answer = await deps.lookup.ask(gameAccount, { customerId });
  if (answer.outcome !== "found" && answer.outcome !== "unavailable") return answer;
  const checkToken = deps.ids.uuid();
  const now = deps.clock.now();
  const nickname = answer.outcome === "found" ? answer.nickname : null;
  await inTransaction(db, (tx) =>
    insertCheck(tx, {
      id: checkToken,
      customer_id: customerId,
      game_code: gameAccount.gameCode,
      player_id: gameAccount.playerId,
      zone_id: gameAccount.zoneId ?? null,
      result: answer.outcome,
      nickname,
      checked_at: now,
      expires_at: new Date(now.getTime() + tokenLifeMs),
    }),
  );
  return nickname === null
    ? { outcome: "unavailable", checkToken }
    : { outcome: "found", nickname, checkToken };
}

/** What a token proves, or undefined when it is unknown, another customer's or too old. */
export async function readCheck(
  db: Database,
  deps: { clock: Clock },
  input: { checkToken: string; customerId: string },
) {
  return selectCheck(db, { ...input, now: deps.clock.now() });
}
