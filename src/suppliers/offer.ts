/** Offer: whether a supplier sells us a SKU now, by what it said last. */
import type { OfferRow } from "./repository.ts";
import type { CutOff } from "./supplier.ts";

export type Obstacle = "disabled" | "not_offered" | "closed" | "dearer";

// Their clock is taken to be the shop's. Indonesia has no summer time; the time zone says so itself.
const timeZone = "Asia/Jakarta";

/**
 * What keeps a SKU from being bought now. One that was on no list yet can only be tried. Our cost
 * caps what we pay, so what is dearer would be refused.
 */
export function obstacleTo(offer: OfferRow, costIdr: bigint, now: Date): Obstacle | undefined {
  if (offer.disabledReason !== null) return "disabled";
  if (offer.offered === false) return "not_offered";
  if (offer.listPriceIdr !== null && offer.listPriceIdr > costIdr) return "dearer";
  return isClosed(cutOffOf(offer), now) ? "closed" : undefined;
}

/** The two columns, of which neither or both are there. */
export function cutOffOf(offer: Pick<OfferRow, "fromMinute" | "untilMinute">): CutOff | undefined {
  const { fromMinute, untilMinute } = offer;
  return fromMinute === null || untilMinute === null ? undefined : { fromMinute, untilMinute };
}

/** Closed from the first minute of its window up to its last; midnight may lie between. */
function isClosed(cutOff: CutOff | undefined, now: Date): boolean {
  if (cutOff === undefined) return false;
  const here = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const minute = here.hour * 60 + here.minute;
  const { fromMinute, untilMinute } = cutOff;
  return fromMinute < untilMinute
    ? minute >= fromMinute && minute < untilMinute
    : minute >= fromMinute || minute < untilMinute;
}
