/** Dates, durations and rupiah as a person reads them. */
import type { Locale } from "./discord.ts";

// The shop lives in one time zone; a visitor elsewhere should see the times the receipts carry.
const timeZone = "Asia/Jakarta";

const styles: Readonly<Record<string, Intl.DateTimeFormatOptions>> = {
  t: { hour: "2-digit", minute: "2-digit" },
  T: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  F: { dateStyle: "full", timeStyle: "short" },
};

/** `style` is the letter of Discord's `<t:UNIX:style>`. */
export function formatTime(ms: number, style: string, locale: Locale): string {
  const options = styles[style] ?? styles.f;
  return new Intl.DateTimeFormat(locale, { ...options, timeZone, hour12: false }).format(ms);
}

const units = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

export function formatRelative(ms: number, nowMs: number, locale: Locale): string {
  const seconds = Math.round((ms - nowMs) / 1000);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units[5];
  return format.format(Math.round(seconds / size), unit);
}

export function formatCountdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const rest = String(seconds % 60).padStart(2, "0");
  return `${Math.floor(seconds / 60)}:${rest}`;
}

export const formatRupiah = (amount: number) =>
  `Rp ${new Intl.NumberFormat("id", { maximumFractionDigits: 0 }).format(amount)}`;
