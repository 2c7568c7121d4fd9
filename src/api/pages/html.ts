/** HTML: markup in which every value is escaped unless it is markup itself. */

export interface Html {
  readonly markup: string;
}

type Value = string | number | Html | readonly Html[] | undefined;

/** The tag of every piece of a page. An absent value leaves nothing behind. */
export function html(pieces: TemplateStringsArray, ...values: readonly Value[]): Html {
  const markup = pieces.reduce((done, piece, index) => done + write(values[index - 1]) + piece);
  return { markup };
}

function write(value: Value): string {
  if (value === undefined) return "";
  if (typeof value === "object") {
    return "markup" in value ? value.markup : value.map((part) => part.markup).join("");
  }
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
