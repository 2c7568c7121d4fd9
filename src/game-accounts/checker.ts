/** Checker: the port to whoever knows the nickname of a game account. */
import type { GameAccount } from "./game.ts";

/** Not found and not to be asked now are different answers: only the first is the buyer's mistake. */
export type NicknameCheck =
  | { readonly outcome: "found"; readonly nickname: string }
  | { readonly outcome: "not_found" }
  | { readonly outcome: "unavailable"; readonly why: string };

export interface NicknameChecker {
  /** Asks once, within 10 s. Never throws for what the other side says. */
  check(gameAccount: GameAccount): Promise<NicknameCheck>;
}
