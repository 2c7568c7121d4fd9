/** Account problem: what is wrong with a game account as it was given, with an example. */
import type { Texts } from "./texts/texts.ts";

/** The part of a game's account format that a sentence needs. */
export interface AccountWords {
  readonly playerWord: "user_id" | "player_id" | "character_id" | "uid" | "riot_id";
  readonly playerExample: string;
  readonly zone?: { readonly example: string };
}

export type AccountProblem =
  | "player_id_missing"
  | "player_id_invalid"
  | "zone_id_missing"
  | "zone_id_invalid"
  | "server_contradicts";

/** One sentence in the reader's language that names the field and shows an example. */
export function describeAccountProblem(
  texts: Texts,
  words: AccountWords,
  problem: AccountProblem,
  given: { zoneId: string; server: string },
): string {
  const player = texts.fields[words.playerWord];
  const zoneExample = words.zone?.example ?? "";
  switch (problem) {
    case "player_id_missing":
      return texts.account.missing(player, words.playerExample);
    case "player_id_invalid":
      return texts.account.invalid(player, words.playerExample);
    case "zone_id_missing":
      return texts.account.missing(texts.fields.zone_id, zoneExample);
    case "zone_id_invalid":
      // People write a region, such as ID, where the game means the number in brackets.
      return /^\p{L}+$/u.test(given.zoneId)
        ? texts.account.zoneIsNotRegion(texts.fields.zone_id, given.zoneId, zoneExample)
        : texts.account.invalid(texts.fields.zone_id, zoneExample);
    case "server_contradicts":
      return texts.account.serverContradicts(given.server);
    default:
      return problem satisfies never;
  }
}
