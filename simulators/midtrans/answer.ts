/** The body of a Core API answer: its own status code, always a string, and the rest. */
import { createUuid, type PartyContext } from "../party.ts";

export type Answer = Record<string, unknown> & { status_code: string; status_message: string };

export function describeProblem(
  context: PartyContext,
  code: number,
  message: string,
  more: object = {},
): Answer {
  const id = createUuid(context.randomBytes);
  return { status_code: String(code), status_message: message, id, ...more };
}
