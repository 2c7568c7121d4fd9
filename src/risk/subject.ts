/** Subject: whom the shop can refuse to sell to, and what an order is judged by. */

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

/** What an order is judged by. */
export interface RiskSubject {
  readonly orderId: string;
  readonly customerId: string;
  /** Null for a customer who is not from Discord. */
  readonly discordId: string | null;
  readonly gameCode: string;
  readonly playerId: string;
  readonly zoneId: string | null;
}
