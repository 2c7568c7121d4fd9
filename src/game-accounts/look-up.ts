/** Look-up: who a game account is, asked of the other side as seldom as can be. */
import { createCache } from "../platform/cache.ts";
import type { Clock } from "../platform/clock.ts";
import { createRateLimit } from "../platform/rate-limit.ts";
import type { Country, NicknameCheck, NicknameChecker } from "./checker.ts";
import { accountFormats, type GameAccount } from "./game.ts";
import type { RegionCode } from "./region.ts";

export type LookedUp =
  | { readonly outcome: "found"; readonly nickname: string }
  /** There is such an account, but nothing sold here would reach it. */
  | {
      readonly outcome: "wrong_region";
      readonly nickname: string;
      readonly country: Country;
      readonly soldRegion: RegionCode;
    }
  | { readonly outcome: "not_found" }
  /** Nobody can tell now. The account may be right. */
  | { readonly outcome: "unavailable"; readonly why: string }
  /** Not asked: this customer, or the API as a whole, asks too often. */
  | { readonly outcome: "too_many"; readonly retryAfterS: number };

/** Each customer has a measure of their own; all callers of the API share one. */
export type Asker = { readonly customerId: string } | "api";

export interface NicknameLookup {
  ask(gameAccount: GameAccount, asker: Asker): Promise<LookedUp>;
}

const keptCount = 10_000;
// A nickname seldom changes; somebody who mistyped tries again soon; a fault says nothing.
const keptMs = { found: 30 * 60_000, not_found: 60_000, unavailable: 0 };
const windowMs = 60_000;
const customerLimit = 10;
const apiLimit = 60;

/** Makes the look-up of a store. It remembers in this process only. */
export function createNicknameLookup(deps: {
  clock: Clock;
  checker: NicknameChecker;
}): NicknameLookup {
  const known = createCache<NicknameCheck>(deps, { size: keptCount });
  const underWay = new Map<string, Promise<NicknameCheck>>();
  const customers = createRateLimit(deps, { count: customerLimit, windowMs });
  const api = createRateLimit(deps, { count: apiLimit, windowMs });

  async function check(key: string, gameAccount: GameAccount): Promise<NicknameCheck> {
    const answer = await deps.checker.check(gameAccount);
    const lifeMs = keptMs[answer.outcome];
    if (lifeMs > 0) known.set(key, answer, lifeMs);
    return answer;
  }

  return {
    async ask(gameAccount, asker) {
      const { gameCode, playerId, zoneId = "" } = gameAccount;
      const key = JSON.stringify([gameCode, playerId, zoneId]);
      const answer = known.get(key) ?? underWay.get(key);
      if (answer !== undefined) return judge(gameAccount, await answer);
      // Only what goes out counts.
      const waitMs = asker === "api" ? api.take("") : customers.take(asker.customerId);
      if (waitMs > 0) return { outcome: "too_many", retryAfterS: Math.ceil(waitMs / 1000) };
      const asked = check(key, gameAccount).finally(() => underWay.delete(key));
      underWay.set(key, asked);
      return judge(gameAccount, await asked);
    },
  };
}

// The answer is kept as it came, so that what is sold may change while it is remembered.
function judge(gameAccount: GameAccount, answer: NicknameCheck): LookedUp {
  if (answer.outcome !== "found") return answer;
  const { nickname, country } = answer;
  const { soldRegion } = accountFormats[gameAccount.gameCode];
  return country === undefined || soldRegion === undefined || country.code === soldRegion
    ? { outcome: "found", nickname }
    : { outcome: "wrong_region", nickname, country, soldRegion };
}
