/** CSV: rows as RFC 4180 writes them, that no spreadsheet takes for formulas. */

export type Cell = string | number | null;

/**
 * Writes a head and a line for each row, ended by CRLF. Numbers stay plain, negative ones too; an empty
 * cell is null. A text that a spreadsheet would run is made inert by a leading apostrophe, as OWASP
 * describes under "CSV Injection".
 */
export function writeCsv<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, Cell>>[],
): string {
  const lines = [columns.map(quoted), ...rows.map((row) => columns.map((name) => cell(row[name])))];
  return lines.map((cells) => `${cells.join(",")}\r\n`).join("");
}

function cell(value: Cell): string {
  if (value === null) return "";
  return typeof value === "number" ? String(value) : quoted(inert(value));
}

function inert(text: string): string {
  // Some programs skip what cannot be seen before they look for a formula.
  const [, hidden = "", first = ""] = /^([\p{Z}\p{C}]*)(.?)/su.exec(text) ?? [];
  // Full-width and small forms are signs as well where people type them.
  const sign = "=+-@".includes(first.normalize("NFKC").slice(0, 1) || "none");
  return sign || /[\t\r\n]/.test(hidden) ? `'${text}` : text;
}

// The semicolon separates cells where the comma is a decimal sign, as in Indonesia: unquoted, it would
// begin a cell of its own.
function quoted(text: string): string {
  return /[",;\t\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
