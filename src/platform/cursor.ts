/** Cursor: a place in a list that is sorted by time, as a client hands it back for the next page. */
import { Refusal } from "./refusal.ts";

export interface Place {
  readonly at: Date;
  readonly id: string;
}

export function writeCursor({ at, id }: Place): string {
  return Buffer.from(`${at.toISOString()} ${id}`).toString("base64url");
}

/** Refuses what no list gave. */
export function readCursor(cursor: string): Place {
  const [time = "", id = ""] = Buffer.from(cursor, "base64url").toString().split(" ");
  const at = new Date(time);
  if (Number.isNaN(at.getTime()) || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    const message = "cursor is not one that this list gave: begin without one";
    throw new Refusal("input.invalid", { field: "cursor", message });
  }
  return { at, id };
}
