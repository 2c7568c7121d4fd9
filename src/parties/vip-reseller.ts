/** VIP Reseller wire client: URL, constant signature, form body (contracts: suppliers.md §3). */
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Clock } from "../platform/clock.ts";
import { callParty, type Fetch, type PartyAnswer, parseJson } from "../platform/http.ts";

export interface VipResellerCredentials {
  readonly baseUrl: string;
  readonly apiId: string;
  readonly apiKey: string;
}

const envelope = z.looseObject({
  result: z.boolean(),
  data: z.unknown(),
  message: z.string().nullish(),
  // Beside `data`, and for Mobile Legends only.
  country: z.object({ code: z.string(), name: z.string() }).nullish().catch(undefined),
});

export type VipResellerAnswer =
  | {
      readonly kind: "answer";
      readonly result: boolean;
      readonly data: unknown;
      readonly message: string;
      /** The region of the account, where the reseller says it. */
      readonly country: { readonly code: string; readonly name: string } | undefined;
    }
  | { readonly kind: "unavailable"; readonly why: string };

/** `sign`: lower-case hex MD5 of id and key, the same for every call. */
export function vipResellerSign(credentials: { apiId: string; apiKey: string }): string {
  return createHash("md5")
    .update(credentials.apiId + credentials.apiKey)
    .digest("hex");
}

export interface VipResellerClient {
  /** `get-nickname`: the name behind `target`, with `additionalTarget` where the game has one. */
  getNickname(query: {
    code: string;
    target: string;
    additionalTarget: string | undefined;
    /** When the caller no longer waits. */
    deadline: Date;
  }): Promise<VipResellerAnswer>;
  /** Who we are to them. Changes nothing. */
  profile(deadline: Date): Promise<VipResellerAnswer>;
}

/** Makes the client of one reseller. */
export function createVipResellerClient(
  deps: { clock: Clock; fetch: Fetch },
  credentials: VipResellerCredentials,
): VipResellerClient {
  const ask = async (path: string, fields: Record<string, string>, deadline: Date) => {
    const form = new URLSearchParams({
      key: credentials.apiKey,
      sign: vipResellerSign(credentials),
      ...fields,
    });
    return read(
      await callParty(deps, {
        method: "POST",
        url: `${credentials.baseUrl}/${path}`,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: form.toString(),
        timeoutMs: Math.max(1, deadline.getTime() - deps.clock.now().getTime()),
        sendBy: deadline,
      }),
    );
  };
  return {
    getNickname({ code, target, additionalTarget, deadline }) {
      const zone = additionalTarget === undefined ? {} : { additional_target: additionalTarget };
      return ask("game-feature", { type: "get-nickname", code, target, ...zone }, deadline);
    },
    profile: (deadline) => ask("profile", {}, deadline),
  };
}

function read(answer: PartyAnswer): VipResellerAnswer {
  if (answer.kind !== "answer") return { kind: "unavailable", why: answer.why };
  const parsed = envelope.safeParse(parseJson(answer.body));
  if (!parsed.success) return { kind: "unavailable", why: `HTTP ${answer.status}` };
  const { result, data, message, country } = parsed.data;
  return { kind: "answer", result, data, message: message ?? "", country: country ?? undefined };
}
