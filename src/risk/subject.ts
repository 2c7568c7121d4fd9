/** Subject: whom the shop can refuse to sell to. */

export type BlockedSubject =
  | { readonly kind: "customer"; readonly customerId: string }
  /** Holds for somebody whom the shop has not met yet, too. */
  | { readonly kind: "discord_id"; readonly discordId: string }
  | {
      readonly kind: "game_account";
      readonly gameCode: string;
      readonly playerId: string;
      readonly zoneId?: string;
    };
