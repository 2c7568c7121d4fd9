/** Account: reads a game account from options or a form, in the buyer's words. */
import { accountFormats, type GameAccount, isGameCode } from "../game-accounts/game.ts";
import { parseGameAccount } from "../game-accounts/parse.ts";
import { describeAccountProblem } from "../notifications/account-problem.ts";
import type { Texts } from "../notifications/texts/texts.ts";
import { Refusal } from "../platform/refusal.ts";

/** An account, or one sentence on what is wrong with it. Refuses a game without a known format. */
export function readAccount(
  texts: Texts,
  gameCode: string,
  given: { playerId: string; zoneId: string },
): { outcome: "account"; gameAccount: GameAccount } | { outcome: "problem"; text: string } {
  if (!isGameCode(gameCode)) throw new Refusal("game.unknown", { game: gameCode, known: "" });
  const parsed = parseGameAccount(gameCode, given);
  if (parsed.outcome === "parsed") return { outcome: "account", gameAccount: parsed.gameAccount };
  const server = parsed.outcome === "server_contradicts" ? parsed.server : "";
  const text = describeAccountProblem(texts, accountFormats[gameCode], parsed.outcome, {
    zoneId: given.zoneId.trim().slice(0, 40),
    server,
  });
  return { outcome: "problem", text };
}
