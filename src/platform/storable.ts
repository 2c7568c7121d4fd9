/** Storable: text that PostgreSQL can keep. It knows neither U+0000 nor half of a surrogate pair. */

/** The text with U+FFFD for what cannot be kept. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\ufffd").toWellFormed();
}

/** A value as JSON that a jsonb column takes. */
export function storableJson(value: unknown): string {
  return JSON.stringify(value, (_name, item) => (typeof item === "string" ? storable(item) : item));
}
