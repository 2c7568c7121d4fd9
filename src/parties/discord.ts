/**
 * Discord wire client: the questions that the bot's own library does not ask (contracts: discord.md).
 * It changes nothing there.
 */
import * as z from "zod";
import konter from "../../package.json" with { type: "json" };
import type { Clock } from "../platform/clock.ts";
import { callParty, type Fetch, parseJson } from "../platform/http.ts";

const timeoutMs = 10_000;
// Discord asks every client to say what it is.
const userAgent = `DiscordBot (https://discord.com, ${konter.version})`;

const body = z.looseObject({
  id: z.string().optional(),
  name: z.string().nullish(),
  message: z.string().optional(),
});

export type DiscordAnswer =
  | { readonly kind: "body"; readonly status: number; readonly body: z.infer<typeof body> }
  | { readonly kind: "unavailable"; readonly why: string };

export interface DiscordClient {
  /** The application that the token belongs to. */
  application(): Promise<DiscordAnswer>;
  /** A channel, as far as the bot sees it. */
  channel(id: string): Promise<DiscordAnswer>;
}

/** Makes the client of one bot. */
export function createDiscordClient(
  deps: { clock: Clock; fetch: Fetch },
  credentials: { baseUrl: string; token: string },
): DiscordClient {
  const get = async (path: string): Promise<DiscordAnswer> => {
    const answer = await callParty(deps, {
      method: "GET",
      url: `${credentials.baseUrl}/v10${path}`,
      headers: { authorization: `Bot ${credentials.token}`, "user-agent": userAgent },
      timeoutMs,
    });
    if (answer.kind !== "answer") return { kind: "unavailable", why: answer.why };
    const parsed = body.safeParse(parseJson(answer.body));
    return parsed.success
      ? { kind: "body", status: answer.status, body: parsed.data }
      : { kind: "unavailable", why: `HTTP ${answer.status}` };
  };
  return {
    application: () => get("/applications/@me"),
    channel: (id) => get(`/channels/${encodeURIComponent(id)}`),
  };
}
