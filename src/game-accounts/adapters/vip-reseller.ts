/** VIP Reseller as a nickname checker. */
import {
  createVipResellerClient,
  type VipResellerAnswer,
  type VipResellerCredentials,
} from "../../parties/vip-reseller.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import type { NicknameCheck, NicknameChecker } from "../checker.ts";
import type { GameAccount, GameCode } from "../game.ts";

interface LookupCode {
  readonly code: string;
  /** Tells the region as well, but only while our balance there is 100.000 or more. */
  readonly withRegion?: string;
}

const lookupCodes: Readonly<Record<GameCode, LookupCode>> = {
  ML: { code: "mobile-legends", withRegion: "mobile-legends-region" },
  FF: { code: "free-fire" },
  PUBG: { code: "pubgm" },
  GENSHIN: { code: "genshin-impact" },
  VALORANT: { code: "valorant" },
};

/** For all that it takes to answer once, a second question included. */
const patienceMs = 10_000;

// A refusal has no code, only text: about the account, or about us (key, address, balance). The
// exact texts are not documented, so only words that speak of the account count as "not found".
const aboutTheAccount =
  /tidak ditemukan|not found|invalid (user|id)|salah|tidak valid|tidak terdaftar/i;
const aboutOurBalance = /saldo|balance/i;
const aboutUs = /\bip\b|api|key|sign|saldo|whitelist|balance/i;

/** Makes the checker of one reseller. */
export function createVipResellerChecker(
  deps: { clock: Clock; fetch: Fetch },
  credentials: VipResellerCredentials,
): NicknameChecker {
  const client = createVipResellerClient(deps, credentials);
  return {
    async check(gameAccount: GameAccount): Promise<NicknameCheck> {
      const { code, withRegion } = lookupCodes[gameAccount.gameCode];
      const query = {
        target: gameAccount.playerId,
        additionalTarget: gameAccount.zoneId,
        deadline: new Date(deps.clock.now().getTime() + patienceMs),
      };
      if (withRegion !== undefined) {
        const answer = await client.getNickname({ ...query, code: withRegion });
        if (!lacksBalance(answer)) return read(answer);
      }
      return read(await client.getNickname({ ...query, code }));
    },
  };
}

function lacksBalance(answer: VipResellerAnswer): boolean {
  return answer.kind === "answer" && !answer.result && aboutOurBalance.test(answer.message);
}

function read(answer: VipResellerAnswer): NicknameCheck {
  if (answer.kind === "unavailable") return { outcome: "unavailable", why: answer.why };
  const { result, data, message } = answer;
  if (!result) {
    return aboutTheAccount.test(message) && !aboutUs.test(message)
      ? { outcome: "not_found" }
      : { outcome: "unavailable", why: message };
  }
  const nickname = typeof data === "string" ? data.trim() : "";
  if (nickname === "") return { outcome: "unavailable", why: "an answer without a nickname" };
  const code = answer.country?.code.trim().toUpperCase() ?? "";
  const country = code === "" ? undefined : { code, name: answer.country?.name.trim() || code };
  return { outcome: "found", nickname, country };
}
