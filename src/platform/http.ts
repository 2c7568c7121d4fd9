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

// The connection was never made, so no byte of the request can have arrived.
const neverConnected = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN"]);

/** Sends one request. Never throws for what the network or the other side does. */
export async function callParty(
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
