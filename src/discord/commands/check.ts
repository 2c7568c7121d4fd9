/** /cek: who a game account is. */
import { findGame } from "../../catalog/product.ts";
import { checkGameAccount } from "../../game-accounts/check.ts";
import { accountFormats } from "../../game-accounts/game.ts";
import { describeRefused, readAccount } from "../account.ts";
import type { Context, Handled } from "../context.ts";
import { inert } from "../render/escape.ts";
import { card, colors, notice } from "../render/message.ts";

/** Shows the nickname of an account, or what is wrong with it. Refuses an unknown game. */
export async function check(
  context: Context,
  options: ReadonlyMap<string, string>,
): Promise<Handled> {
  const { db, texts } = context;
  const game = await findGame(db, options.get("game") ?? "");
  const given = { playerId: options.get("userid") ?? "", zoneId: options.get("server") ?? "" };
  const read = readAccount(texts, game.code, given);
  if (read.outcome === "problem") return notice(read.text);
  const { gameAccount } = read;
  const checked = await checkGameAccount(db, context, {
    customerId: context.customerId,
    gameAccount,
  });

  const say = {
    found: { status: texts.check.valid, color: colors.good },
    wrong_region: { status: texts.check.otherRegion, color: colors.bad },
    not_found: { status: texts.check.invalid, color: colors.bad },
    unavailable: { status: texts.check.unavailable, color: colors.wait },
    too_many: { status: texts.check.unavailable, color: colors.wait },
  }[checked.outcome];
  const nickname = "nickname" in checked ? inert(checked.nickname) : "–";
  const message =
    checked.outcome === "found"
      ? texts.check.found(nickname)
      : checked.outcome === "unavailable"
        ? texts.check.cannotCheck
        : describeRefused(texts, gameAccount.gameCode, checked);
  return card({
    title: texts.check.title,
    color: say.color,
    fields: [
      { name: texts.check.game, value: `${game.icon} ${game.name}`, inline: true },
      {
        name: texts.fields[accountFormats[gameAccount.gameCode].playerWord],
        value: inert(gameAccount.playerId),
        inline: true,
      },
      { name: texts.check.server, value: inert(gameAccount.zoneId ?? "–"), inline: true },
      { name: texts.check.nickname, value: nickname, inline: true },
      { name: texts.check.status, value: say.status, inline: true },
      { name: texts.check.message, value: message },
    ],
  });
}
