/** Account problem: what is wrong with a game account as it was given, with an example. */
import type { Texts } from "./texts/texts.ts";

/** The part of a game's account format that a sentence needs. */
export interface AccountWords {
  readonly playerWord: "user_id" | "player_id" | "character_id" | "uid" | "riot_id";
  readonly playerExample: string;
  readonly zone?: { readonly example: string };
}

type Region = keyof Texts["regions"];

export type AccountProblem =
  | { readonly outcome: "player_id_missing" | "player_id_invalid" | "zone_id_missing" }
  | { readonly outcome: "zone_id_invalid"; readonly given: string }
  | { readonly outcome: "zone_is_region"; readonly given: string; readonly region: Region }
  | { readonly outcome: "zone_contradicts"; readonly pasted: string; readonly given: string }
  | { readonly outcome: "server_contradicts"; readonly server: string }
  | { readonly outcome: "server_not_sold" };

/** One sentence in the reader's language that names the field and shows an example. */
export function describeAccountProblem(
  texts: Texts,
  words: AccountWords,
  problem: AccountProblem,
): string {
  const player = texts.fields[words.playerWord];
  const zone = texts.fields.zone_id;
  const zoneExample = words.zone?.example ?? "";
  switch (problem.outcome) {
    case "player_id_missing":
      return texts.account.missing(player, words.playerExample);
    case "player_id_invalid":
      return texts.account.invalid(player, words.playerExample);
    case "zone_id_missing":
      return texts.account.missing(zone, zoneExample);
    case "zone_id_invalid":
      // Said back only where it cannot be markup: a word where the game means a number.
      return /^\p{L}+$/u.test(problem.given)
        ? texts.account.zoneIsNotRegion(zone, problem.given, zoneExample)
        : texts.account.invalid(zone, zoneExample);
    case "zone_is_region": {
      const region = texts.regions[problem.region];
      return texts.account.zoneIsRegion(zone, regionWord(problem), region, zoneExample);
    }
    case "zone_contradicts":
      return texts.account.zoneContradicts(zone, problem.pasted, problem.given);
    case "server_contradicts":
      return texts.account.serverContradicts(problem.server);
    case "server_not_sold":
      return texts.account.serverNotSold(player, words.playerExample);
    default:
      return problem satisfies never;
  }
}

// What was typed, unless it holds more than letters.
const regionWord = (problem: { given: string; region: Region }) =>
  /^\p{L}+$/u.test(problem.given) ? problem.given : problem.region;

/** That an account is of a region nothing is sold for, and what the buyer can do. */
export function describeWrongRegion(
  texts: Texts,
  answer: { country: { code: string; name: string }; soldRegion: Region },
): string {
  const { code, name } = answer.country;
  const country = isRegion(texts, code) ? texts.regions[code] : name;
  return texts.check.wrongRegion(country, texts.regions[answer.soldRegion]);
}

function isRegion(texts: Texts, code: string): code is Region {
  return Object.hasOwn(texts.regions, code);
}
