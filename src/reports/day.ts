/** Day: a Jakarta day, from midnight to midnight. */

export interface Span {
  /** The first instant of it. */
  readonly from: Date;
  /** The first instant after it. */
  readonly to: Date;
}

const timeZone = "Asia/Jakarta";

/** The day that an instant lies in, e.g. "2026-11-23". */
export function dayOf(at: Date): string {
  const here = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
  return here.toPlainDate().toString();
}

/** Why a text is no day that the books can tell of; undefined when it is one. */
export function problemOfDay(text: string, now: Date): string | undefined {
  if (!isDay(text)) return `${JSON.stringify(text)} is no day: write it as ${dayOf(now)}`;
  if (text > dayOf(now)) return `${text} has not begun: it is ${dayOf(now)} in Jakarta`;
  return undefined;
}

function isDay(text: string): boolean {
  if (!/^[1-9]\d{3}-\d\d-\d\d$/.test(text)) return false;
  try {
    Temporal.PlainDate.from(text);
    return true;
  } catch {
    return false;
  }
}

/** The instants of the days from the first to the last, both whole. */
export function spanOf(firstDay: string, lastDay: string): Span {
  const after = Temporal.PlainDate.from(lastDay).add({ days: 1 });
  return { from: midnight(Temporal.PlainDate.from(firstDay)), to: midnight(after) };
}

/** How many days there are from the first to the last, both counted. */
export function daysFrom(firstDay: string, lastDay: string): number {
  return Temporal.PlainDate.from(firstDay).until(Temporal.PlainDate.from(lastDay)).days + 1;
}

function midnight(day: Temporal.PlainDate): Date {
  return new Date(day.toZonedDateTime(timeZone).epochMilliseconds);
}
