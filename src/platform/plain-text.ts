/** Plain text: what people and parties wrote, without what makes it look like something else. */

// Bidirectional controls and zero-width characters make a name look like another.
const invisible =
  /[\p{Cc}\p{Cs}\u00ad\u061c\u115f\u1160\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\uffa0\u{e0000}-\u{e007f}]/gu;

/** The text without its hidden characters, and not longer than a place can show. */
export function plain(text: string, longest = 100): string {
  const shown = [...text.replace(invisible, "")];
  return shown.length > longest ? `${shown.slice(0, longest - 1).join("")}…` : shown.join("");
}
