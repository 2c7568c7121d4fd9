/** Escape: text from people and parties, made inert before Discord shows it. */

// Bidirectional controls and zero-width characters make a name look like another.
const invisible =
  /[\p{Cc}\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]/gu;

/** Plain text for a message, never empty: markdown, mentions and hidden characters have no effect. */
export function inert(text: string, longest = 100): string {
  const visible = text.replace(invisible, "");
  const shown = [...visible];
  const short = shown.length > longest ? `${shown.slice(0, longest - 1).join("")}…` : visible;
  return short.trim() === "" ? "–" : short.replace(/[\\*_~`|>#[\]()<@:-]/g, "\\$&");
}

/** The same without escapes, for places that show no markdown (titles of forms, choices). */
export function plain(text: string, longest = 100): string {
  const shown = [...text.replace(invisible, "")];
  return shown.length > longest ? `${shown.slice(0, longest - 1).join("")}…` : shown.join("");
}

/** An instant in the reader's own time zone: `t` clock time, `R` relative. */
export function timestamp(at: Date, style: "t" | "R" | "f"): string {
  return `<t:${Math.floor(at.getTime() / 1000)}:${style}>`;
}
