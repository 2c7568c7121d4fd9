/** Time: instants as a page shows them, in the shop's time zone. */
import type { Locale } from "../../notifications/texts/texts.ts";

const tags: Readonly<Record<Locale, string>> = { id: "id-ID", en: "en-GB" };
const timeZone = "Asia/Jakarta";

function format(at: Date, locale: Locale, parts: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(tags[locale], { timeZone, ...parts }).format(at);
}

/** "10.12 WIB", never broken over two lines. */
export const wibClock = (at: Date, locale: Locale) =>
  `${format(at, locale, { hour: "2-digit", minute: "2-digit" })}\u00a0WIB`;

/** "23 Nov, 10.12". */
export const wibMoment = (at: Date, locale: Locale) =>
  format(at, locale, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "23 Desember 2026". */
export const wibDay = (at: Date, locale: Locale) =>
  format(at, locale, { day: "numeric", month: "long", year: "numeric" });

/** "11:42", as a countdown shows it. */
export function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
