/** Parse: what a person pasted, as a game account. Tolerant of form, never of meaning. */
import {
  type AccountFormat,
  accountFormats,
  type GameAccount,
  type GameCode,
  type Server,
} from "./game.ts";
import { type RegionCode, readRegion } from "./region.ts";

export type Parsed =
  | { readonly outcome: "parsed"; readonly gameAccount: GameAccount }
  | { readonly outcome: "player_id_missing" | "player_id_invalid" | "zone_id_missing" }
  | { readonly outcome: "zone_id_invalid"; readonly given: string }
  /** `ID` and the like: a region, understood, where the game means a number. */
  | { readonly outcome: "zone_is_region"; readonly given: string; readonly region: RegionCode }
  /** The account was pasted whole, with another zone than the one beside it. */
  | { readonly outcome: "zone_contradicts"; readonly pasted: string; readonly given: string }
  /** The id says another server than the buyer does. */
  | { readonly outcome: "server_contradicts"; readonly server: string }
  | { readonly outcome: "server_not_sold" };

// The profile of Mobile Legends shows "1490345 (6532)"; people paste it with every separator, and
// a Genshin UID with its server likewise. Blanks are single by then: see `plainDigits`.
const pastedWhole = /^(\d{5,12})( ?[(|,/-] ?| )([^()]+?) ?\)?$/;

// Chats and web pages add marks that nobody sees: directions, joiners, fillers.
const unseen = /[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
// Within a name a joiner may be a letter's neighbour, so there it stays.
const unseenInName = /[[\p{Cf}\p{Default_Ignorable_Code_Point}]--[\u200c\u200d]]/gv;

/** Full-width and Arabic digits as ASCII, without unseen marks, with single blanks. */
function plainDigits(text: string): string {
  return text
    .normalize("NFKC")
    .replace(unseen, "")
    .replace(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) => String(digit.charCodeAt(0) & 15))
    .replace(/\s+/g, " ")
    .trim();
}

const withoutBlanks = (text: string) => text.replaceAll(" ", "");

/** Reads a player id and a zone or server. Pure; never truncates or pads. */
export function parseGameAccount(
  gameCode: GameCode,
  input: { playerId: string; zoneId?: string | undefined },
): Parsed {
  const format = accountFormats[gameCode];
  if (!format.numeric) return parseName(gameCode, format, input.playerId);
  const given = { player: plainDigits(input.playerId), zone: plainDigits(input.zoneId ?? "") };
  if (format.zone) return parseZoned(gameCode, format, format.zone.pattern, given);
  if (format.servers) return parseServed(gameCode, format, format.servers, given);
  const playerId = withoutBlanks(given.player);
  const problem = problemOf(format, playerId);
  return problem ?? { outcome: "parsed", gameAccount: { gameCode, playerId } };
}

function problemOf(format: AccountFormat, playerId: string): Parsed | undefined {
  if (playerId === "") return { outcome: "player_id_missing" };
  if (format.unsold?.test(playerId)) return { outcome: "server_not_sold" };
  return format.playerPattern.test(playerId) ? undefined : { outcome: "player_id_invalid" };
}

/** A Riot ID: `Name#TAG`, kept as it is written but for blanks around it and around the #. */
function parseName(gameCode: GameCode, format: AccountFormat, text: string): Parsed {
  const playerId = text
    .replace(unseenInName, "")
    .normalize("NFC")
    .replace(/[\u00a0\u202f]/g, " ")
    .replace(/ {0,3}[#\uff03] {0,3}/g, "#")
    .trim();
  return problemOf(format, playerId) ?? { outcome: "parsed", gameAccount: { gameCode, playerId } };
}

interface Given {
  readonly player: string;
  readonly zone: string;
}

function parseZoned(
  gameCode: GameCode,
  format: AccountFormat,
  zonePattern: RegExp,
  given: Given,
): Parsed {
  let playerText = given.player;
  let zoneText = given.zone;
  const [, first = "", separator = "", second = ""] = pastedWhole.exec(given.player) ?? [];
  const beside = withoutBlanks(given.zone).replace(/^\((.*)\)$/, "$1");
  if (zonePattern.test(second)) {
    if (beside === "" || beside === second || readRegion(beside) !== undefined) {
      playerText = first;
      zoneText = second;
    } else if (separator !== " ") {
      // A single blank may also stand within the id; brackets and bars do not.
      if (zonePattern.test(beside)) {
        return { outcome: "zone_contradicts", pasted: second, given: beside };
      }
      playerText = first;
    }
  } else if (readRegion(second) !== undefined) {
    playerText = first;
    zoneText = beside === "" ? second : beside;
  }

  const playerId = withoutBlanks(playerText);
  const problem = problemOf(format, playerId);
  if (problem !== undefined) return problem;
  const zoneId = withoutBlanks(zoneText).replace(/^\((.*)\)$/, "$1");
  if (zoneId === "") return { outcome: "zone_id_missing" };
  if (zonePattern.test(zoneId)) {
    return { outcome: "parsed", gameAccount: { gameCode, playerId, zoneId } };
  }
  const said = zoneId.slice(0, longestGiven);
  const region = readRegion(zoneId);
  return region === undefined
    ? { outcome: "zone_id_invalid", given: said }
    : { outcome: "zone_is_region", given: said, region };
}

/** What is said back of a zone that is none. */
const longestGiven = 40;

function parseServed(
  gameCode: GameCode,
  format: AccountFormat,
  servers: readonly Server[],
  given: Given,
): Parsed {
  const [, first = "", , second = ""] = pastedWhole.exec(given.player) ?? [];
  const whole = servers.some((server) => isCalled(server, second));
  const playerId = withoutBlanks(whole ? first : given.player);
  const problem = problemOf(format, playerId);
  if (problem !== undefined) return problem;
  const server = servers.find((candidate) => candidate.prefix.test(playerId));
  if (server === undefined) return { outcome: "player_id_invalid" };
  // A dash and the like says nothing.
  const said = [given.zone, whole ? second : ""].filter((text) => /[\p{L}\p{N}]/u.test(text));
  return said.every((text) => isCalled(server, text))
    ? { outcome: "parsed", gameAccount: { gameCode, playerId, zoneId: server.code } }
    : { outcome: "server_contradicts", server: server.name };
}

function isCalled(server: Server, text: string): boolean {
  const letters = (written: string) => written.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  const said = letters(text).replace(/^server/, "");
  return [server.code, server.name, ...server.spellings].some((name) => letters(name) === said);
}

/** An account as people write it: `123456789 (2001)`. */
export function formatGameAccount(gameAccount: {
  playerId: string;
  zoneId?: string | null;
}): string {
  const { playerId, zoneId } = gameAccount;
  return zoneId ? `${playerId} (${zoneId})` : playerId;
}
