/** Checker: the port to whoever knows the nickname of a game account. */
import type { GameAccount } from "./game.ts";

/** The region of an account, as the other side names it. */
export interface Country {
  /** ISO 3166, capital letters. */
  readonly code: string;
  readonly name: string;
}

/** Not found and not to be asked now are different answers: only the first is the buyer's mistake. */
export type NicknameCheck =
  | {
      readonly outcome: "found";
      readonly nickname: string;
      /** Undefined: not told. */
      readonly country: Country | undefined;
    }
  | { readonly outcome: "not_found" }
  | { readonly outcome: "unavailable"; readonly why: string };

export interface NicknameChecker {
  /** Answers within 10 s. Never throws for what the other side says. */
  check(gameAccount: GameAccount): Promise<NicknameCheck>;
}
