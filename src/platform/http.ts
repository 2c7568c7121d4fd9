/** HTTP to outside parties: one attempt, its answer kept raw, and an honest word when there is none. */
import type { Clock } from "./clock.ts";

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

export type Fetch = typeof fetch;

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
  try {
    const response = await deps.fetch(request.url, {
      method: request.method,
      headers: request.headers ?? {},
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: "manual",
      signal: AbortSignal.timeout(request.timeoutMs),
    });
    const body = Buffer.from(await response.arrayBuffer());
    return { kind: "answer", status: response.status, body };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    // A time-out is a DOMException, whose code is a number without meaning here.
    const given = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const code = typeof given === "string" ? given : undefined;
    const why = code ?? (cause instanceof Error ? cause.name : String(cause));
    return { kind: code !== undefined && neverConnected.has(code) ? "not_sent" : "unknown", why };
  }
}

/** Parses JSON where it is JSON: gateways answer with HTML pages on their bad days. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}
