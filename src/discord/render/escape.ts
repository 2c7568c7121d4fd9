/** Escape: text from people and parties, made inert before Discord shows it. */
import { plain } from "../../platform/plain-text.ts";

/** Plain text for a message, never empty: markdown, mentions and hidden characters have no effect. */
export function inert(text: string, longest = 100): string {
  const short = plain(text, longest);
  return short.trim() === "" ? "–" : short.replace(/[\\*_~`|>#[\]()<@:-]/g, "\\$&");
}

/** An instant in the reader's own time zone: `t` clock time, `R` relative. */
export function timestamp(at: Date, style: "t" | "R" | "f"): string {
  return `<t:${Math.floor(at.getTime() / 1000)}:${style}>`;
}
