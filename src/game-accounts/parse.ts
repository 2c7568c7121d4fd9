/** Parse: what a person pasted, as a game account. Tolerant of form, never of meaning. */
import { type AccountFormat, accountFormats, type GameAccount, type GameCode } from "./game.ts";

export type Parsed =
  | { readonly outcome: "parsed"; readonly gameAccount: GameAccount }
  | { readonly outcome: "player_id_missing" | "player_id_invalid" }
  | { readonly outcome: "zone_id_missing" | "zone_id_invalid" }
  /** The id says another server than the buyer does. */
  | { readonly outcome: "server_contradicts"; readonly server: string };

// The profile of Mobile Legends shows "1490345 (6532)"; people paste it with every separator.
const idAndZone = /^\s*(\d{5,12})\s*[\s(|\-/]\s*(\d{3,5})\s*\)?\s*$/;

function clean(text: string, format: AccountFormat): string {
  // NFKC turns full-width digits into ASCII; Riot ids keep their form beyond NFC.
  return format.numeric ? text.normalize("NFKC").replace(/\s+/g, "") : text.normalize("NFC").trim();
}

/** Reads a player id and a zone or server. Pure; never truncates or pads. */
export function parseGameAccount(
  gameCode: GameCode,
  input: { playerId: string; zoneId?: string | undefined },
): Parsed {
  const format = accountFormats[gameCode];
  let playerText = input.playerId;
  let zoneText = input.zoneId?.trim() ?? "";
  const joined = format.zone && idAndZone.exec(playerText.normalize("NFKC"));
  if (joined && zoneText === "") [, playerText = "", zoneText = ""] = joined;

  const playerId = clean(playerText, format);
  if (playerId === "") return { outcome: "player_id_missing" };
  if (!format.playerPattern.test(playerId)) return { outcome: "player_id_invalid" };

  if (format.zone) {
    const zoneId = clean(zoneText, format).replace(/^\((.*)\)$/, "$1");
    if (zoneId === "") return { outcome: "zone_id_missing" };
    if (!format.zone.pattern.test(zoneId)) return { outcome: "zone_id_invalid" };
    return { outcome: "parsed", gameAccount: { gameCode, playerId, zoneId } };
  }
  if (format.servers) {
    const server = format.servers.find((candidate) => candidate.prefix.test(playerId));
    if (server === undefined) return { outcome: "player_id_invalid" };
    const said = zoneText.toLowerCase();
    if (said !== "" && said !== server.code && !server.names.includes(said)) {
      return { outcome: "server_contradicts", server: server.code };
    }
    return { outcome: "parsed", gameAccount: { gameCode, playerId, zoneId: server.code } };
  }
  return { outcome: "parsed", gameAccount: { gameCode, playerId } };
}

/** An account as people write it: `123456789 (2001)`. */
export function formatGameAccount(gameAccount: {
  playerId: string;
  zoneId?: string | null;
}): string {
  const { playerId, zoneId } = gameAccount;
  return zoneId ? `${playerId} (${zoneId})` : playerId;
}
