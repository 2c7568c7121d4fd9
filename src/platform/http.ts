/** HTTP to outside parties: one attempt, its answer kept raw, and an honest word when there is none. */
import type { Clock } from "./clock.ts";
import { storable } from "./storable.ts";

export interface PartyRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Not sent at or after this instant: a worker that was paused must not act late. */
  readonly sendBy?: Date;
}

export type PartyAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly body: Buffer }
  /** Nothing left this machine: the party cannot have acted. */
  | { readonly kind: "not_sent"; readonly why: string }
  /** It may have reached them: only an inquiry can tell. */
  | { readonly kind: "unknown"; readonly why: string };

export interface PartyInit {
  readonly method: PartyRequest["method"];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly redirect: "manual";
  readonly signal: AbortSignal;
  readonly sendBy?: Date;
}

export type PartyResponse = Pick<Response, "status" | "arrayBuffer">;

/** The part of `fetch` that a call to a party needs; `fetch` itself will do. */
export type Fetch = (url: string, init: PartyInit) => Promise<PartyResponse>;

/** Thrown by a `Fetch` that is sure that no byte of the request left this machine. */
export class NotSent extends Error {}

/** What watches the store is told of a call: never its path or body, which may name a buyer. */
export interface PartyCall {
  readonly url: string;
  /** `2xx` and so on for an answer, else why there is none. */
  readonly outcome: string;
  readonly durationMs: number;
}

// The connection was never made, so no byte of the request can have arrived.
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

/** Sends one request. Never throws for what the network or the other side does. */
export async function callParty(
  deps: { clock: Clock; fetch: Fetch; onCall?: (call: PartyCall) => void },
  request: PartyRequest,
): Promise<PartyAnswer> {
  const startedAtMs = performance.now();
  const answer = await send(deps, request);
  const outcome = answer.kind === "answer" ? `${Math.floor(answer.status / 100)}xx` : answer.kind;
  deps.onCall?.({ url: request.url, outcome, durationMs: performance.now() - startedAtMs });
  return answer;
}

async function send(
  deps: { clock: Clock; fetch: Fetch },
  request: PartyRequest,
): Promise<PartyAnswer> {
  if (request.sendBy !== undefined && deps.clock.now() >= request.sendBy) {
    return { kind: "not_sent", why: "too late to send" };
  }
  const { method, url, headers = {}, body, sendBy } = request;
  try {
    const response = await deps.fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      ...(sendBy === undefined ? {} : { sendBy }),
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    return {
      kind: "answer",
      status: response.status,
      body: Buffer.from(await response.arrayBuffer()),
    };
  } catch (error) {
    const why = reason(error);
    const notSent = error instanceof NotSent || neverConnected.has(why);
    return { kind: notSent ? "not_sent" : "unknown", why };
  }
}

/** Why a call failed, in a word: the code where there is one. */
export function reason(error: unknown): string {
  if (error instanceof NotSent) return error.message;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return String(cause);
  // A time-out is a DOMException, whose code is a number without meaning here.
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return cause.name === "Error" ? cause.message : cause.name;
}

/**
 * Parses JSON where it is JSON: gateways answer with HTML pages on their bad days. A text in it that
 * the database could not keep would be an answer that we can never apply, so it is made storable.
 */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"), (_name, item) =>
      typeof item === "string" ? storable(item) : item,
    );
  } catch {
    return undefined;
  }
}
