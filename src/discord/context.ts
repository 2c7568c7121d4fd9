/** Context: what a handler is given. Handlers answer with a message; they know no transport. */
import type { CatalogCache } from "../catalog/cache.ts";
import type { NicknameLookup } from "../game-accounts/look-up.ts";
import type { Texts } from "../notifications/texts/texts.ts";
import type { Placer } from "../orders/placer.ts";
import type { PaymentGateway } from "../payments/gateway.ts";
import type { Clock } from "../platform/clock.ts";
import type { Database } from "../platform/db.ts";
import type { Publish } from "../platform/events.ts";
import type { Ids } from "../platform/ids.ts";
import type { Log } from "../platform/log.ts";
import type { Seal } from "../platform/seal.ts";
import type { Person } from "./interaction.ts";
import type { Message } from "./render/message.ts";
import type { InteractionRef } from "./responder.ts";

export interface BotDeps {
  readonly db: Database;
  /** For lists and suggestions; a quote reads its own price. */
  readonly catalog: CatalogCache;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly seal: Seal;
  readonly publish: Publish;
  readonly lookup: NicknameLookup;
  readonly gateway: PaymentGateway;
  readonly placer: Placer;
}

export interface Context extends BotDeps {
  readonly person: Person;
  readonly customerId: string;
  readonly texts: Texts;
  readonly interaction: InteractionRef;
  readonly receivedAt: Date;
}

/** The message to show, or nothing when the order's card is shown by its own job. */
export type Handled = Message | "shown_by_card";
