/** Account: reads a game account from options or a form, and says what is wrong, in the buyer's words. */
import type { Checked } from "../game-accounts/check.ts";
import {
  accountFormats,
  type GameAccount,
  type GameCode,
  isGameCode,
} from "../game-accounts/game.ts";
import { parseGameAccount } from "../game-accounts/parse.ts";
import { describeAccountProblem, describeWrongRegion } from "../notifications/account-problem.ts";
import type { Texts } from "../notifications/texts/texts.ts";
import { Refusal } from "../platform/refusal.ts";
import { inert } from "./render/escape.ts";

/** An account, or one sentence on what is wrong with it. Refuses a game without a known format. */
export function readAccount(
  texts: Texts,
  gameCode: string,
  given: { playerId: string; zoneId: string },
): { outcome: "account"; gameAccount: GameAccount } | { outcome: "problem"; text: string } {
  if (!isGameCode(gameCode)) throw new Refusal("game.unknown", { game: gameCode, known: "" });
  const parsed = parseGameAccount(gameCode, given);
  if (parsed.outcome === "parsed") return { outcome: "account", gameAccount: parsed.gameAccount };
  const text = describeAccountProblem(texts, accountFormats[gameCode], parsed);
  return { outcome: "problem", text };
}

/** Why an account cannot be quoted, and the way out. */
export function describeRefused(
  texts: Texts,
  gameCode: GameCode,
  checked: Exclude<Checked, { checkToken: string }>,
): string {
  switch (checked.outcome) {
    case "not_found": {
      const { playerWord, playerExample } = accountFormats[gameCode];
      return texts.check.notFound(texts.fields[playerWord], playerExample);
    }
    case "wrong_region": {
      const { code, name } = checked.country;
      return describeWrongRegion(texts, { ...checked, country: { code, name: inert(name) } });
    }
    case "too_many":
      return texts.check.tooMany(String(checked.retryAfterS));
    default:
      return checked satisfies never;
  }
}
