/** Time: instants as a page shows them, in the shop's time zone. */
import type { Locale } from "../../notifications/texts/texts.ts";

const tags: Readonly<Record<Locale, string>> = { id: "id-ID", en: "en-GB" };
const timeZone = "Asia/Jakarta";

/** Makes a formatter for each language once: to make one takes longer than to render a page. */
function formatting(parts: Intl.DateTimeFormatOptions): (at: Date, locale: Locale) => string {
  const inLocale = (locale: Locale) =>
    new Intl.DateTimeFormat(tags[locale], { timeZone, ...parts });
  const formats = { id: inLocale("id"), en: inLocale("en") };
  return (at, locale) => formats[locale].format(at);
}

const clock = formatting({ hour: "2-digit", minute: "2-digit" });

/** "10.12 WIB", never broken over two lines. */
export const wibClock = (at: Date, locale: Locale) => `${clock(at, locale)}\u00a0WIB`;

/** "23 Nov, 10.12". */
export const wibMoment = formatting({
  ...{ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
});

/** "23 Desember 2026". */
export const wibDay = formatting({ day: "numeric", month: "long", year: "numeric" });

/** "11:42", as a countdown shows it. */
export function minutesAndSeconds(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
