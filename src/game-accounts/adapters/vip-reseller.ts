/** VIP Reseller as a nickname checker. */
import {
  createVipResellerClient,
  type VipResellerCredentials,
} from "../../parties/vip-reseller.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import type { NicknameChecker } from "../checker.ts";
import type { GameCode } from "../game.ts";

const lookupCodes: Readonly<Record<GameCode, string>> = {
  ML: "mobile-legends",
  FF: "free-fire",
  PUBG: "pubgm",
  GENSHIN: "genshin-impact",
  VALORANT: "valorant",
};

// A refusal has no code, only text: about the account, or about us (key, address, balance). The
// exact texts are not documented, so only words that speak of the account count as "not found".
const aboutTheAccount =
  /tidak ditemukan|not found|invalid (user|id)|salah|tidak valid|tidak terdaftar/i;
const aboutUs = /\bip\b|api|key|sign|saldo|whitelist|balance/i;

/** Makes the checker of one reseller. */
export function createVipResellerChecker(
  deps: { clock: Clock; fetch: Fetch },
  credentials: VipResellerCredentials,
): NicknameChecker {
  const client = createVipResellerClient(deps, credentials);
  return {
    async check(gameAccount) {
      const answer = await client.getNickname({
        code: lookupCodes[gameAccount.gameCode],
        target: gameAccount.playerId,
        additionalTarget: gameAccount.zoneId,
      });
      if (answer.kind === "unavailable") return { outcome: "unavailable", why: answer.why };
      if (answer.result) {
        return typeof answer.data === "string" && answer.data.trim() !== ""
          ? { outcome: "found", nickname: answer.data.trim() }
          : { outcome: "unavailable", why: "an answer without a nickname" };
      }
      return aboutTheAccount.test(answer.message) && !aboutUs.test(answer.message)
        ? { outcome: "not_found" }
        : { outcome: "unavailable", why: answer.message };
    },
  };
}
