/** Party check: whether a party answers and takes our credentials, by a call that changes nothing. */

import { createDigiflazzClient } from "./parties/digiflazz.ts";
import { createDiscordClient } from "./parties/discord.ts";
import { createMidtransClient } from "./parties/midtrans.ts";
import { createVipResellerClient } from "./parties/vip-reseller.ts";
import {
  type GivenParties,
  knownParties,
  type Parties,
  type PartyName,
  partyNames,
  type Standing,
  standingOf,
} from "./party-settings.ts";
import type { Clock } from "./platform/clock.ts";
import type { Fetch } from "./platform/http.ts";
import { formatRupiah } from "./platform/money.ts";

/** `refused`: it knows us not, so asking again as it is would fail again. `silent`: nobody can tell. */
export type PartyVerdict =
  | { readonly verdict: "accepted"; readonly detail: string }
  | { readonly verdict: "refused" | "silent"; readonly detail: string; readonly advice: string };

export type CheckedParty = PartyVerdict & {
  readonly name: PartyName;
  readonly label: string;
  readonly standing: Standing | undefined;
};

type Outside = { clock: Clock; fetch: Fetch };

const patienceMs = 10_000;
// Nobody has ever paid this.
const unknownOrder = "konter-doctor";

/** Asks the parties that are given, all at once. */
export async function checkParties(
  outside: Outside,
  parties: GivenParties,
): Promise<CheckedParty[]> {
  const { midtrans, digiflazz, vip_reseller, discord } = parties;
  const asked: Record<PartyName, Promise<PartyVerdict> | undefined> = {
    midtrans: midtrans && checkMidtrans(outside, midtrans),
    digiflazz: digiflazz && checkDigiflazz(outside, digiflazz),
    vip_reseller: vip_reseller && checkVipReseller(outside, vip_reseller),
    discord: discord && checkDiscord(outside, discord),
  };
  const checked: CheckedParty[] = [];
  for (const name of partyNames) {
    const [settings, verdict] = [parties[name], await asked[name]];
    if (settings === undefined || verdict === undefined) continue;
    const standing = standingOf(name, settings);
    checked.push({ name, label: knownParties[name].label, standing, ...verdict });
  }
  return checked;
}

/** Whether the bot sees a channel, so that it can tell the staff something there. */
export async function checkStaffChannel(
  outside: Outside,
  settings: Parties["discord"],
  channelId: string,
): Promise<PartyVerdict> {
  const client = createDiscordClient(outside, {
    baseUrl: settings.base_url,
    token: settings.token,
  });
  const answer = await client.channel(channelId);
  if (answer.kind === "unavailable") return silent(answer.why);
  if (answer.status === 200) return accepted(`the bot sees #${answer.body.name ?? channelId}`);
  return refused(
    `${answer.status} ${answer.body.message ?? ""}`.trim(),
    "check DISCORD_STAFF_CHANNEL_ID, and let the bot view that channel and write in it",
  );
}

// Nothing happens when it comes late; a call without an end would keep the operator waiting.
const soon = (now: Date) => new Date(now.getTime() + 10_000);

async function checkMidtrans(
  outside: Outside,
  settings: Parties["midtrans"],
): Promise<PartyVerdict> {
  const client = createMidtransClient(outside, {
    baseUrl: settings.base_url,
    serverKey: settings.server_key,
    merchantId: settings.merchant_id,
  });
  const answer = await client.status(unknownOrder, soon(outside.clock.now()));
  if (answer.kind !== "body") return silent(answer.why);
  switch (answer.body.status_code) {
    case "200":
    case "201":
    case "404":
    case "407":
      return accepted("takes our server key");
    case "401":
      return refused(
        "401",
        "check MIDTRANS_SERVER_KEY: its sandbox and its live shop have different ones",
      );
    case "402":
    case "410":
      return refused(answer.body.status_code, "ask Midtrans: it does not let this merchant work");
    default:
      return silent(answer.body.status_code);
  }
}

async function checkDigiflazz(
  outside: Outside,
  settings: Parties["digiflazz"],
): Promise<PartyVerdict> {
  const { base_url, username, api_key, webhook_secret, testing } = settings;
  const answer = await createDigiflazzClient(outside, {
    baseUrl: base_url,
    username,
    apiKey: api_key,
    webhookSecret: webhook_secret,
    testing,
  }).balance();
  switch (answer.kind) {
    case "data":
      return accepted(`takes our key; our float there is ${formatRupiah(answer.depositIdr)}`);
    case "refused":
      return refused(
        `rc ${answer.rc} ${answer.message ?? ""}`.trim(),
        answer.rc === "45"
          ? "let this machine's address in, in Digiflazz' settings"
          : `check DIGIFLAZZ_USERNAME and DIGIFLAZZ_API_KEY, the ${testing ? "Development" : "Production"} key`,
      );
    default:
      return silent(answer.why);
  }
}

// A refusal has no code, only text that is not documented.
const aboutOurKey = /\bip\b|api|key|sign|whitelist/i;

async function checkVipReseller(
  outside: Outside,
  settings: Parties["vip_reseller"],
): Promise<PartyVerdict> {
  const client = createVipResellerClient(outside, {
    baseUrl: settings.base_url,
    apiId: settings.api_id,
    apiKey: settings.api_key,
  });
  const answer = await client.profile(new Date(outside.clock.now().getTime() + patienceMs));
  if (answer.kind === "unavailable") return silent(answer.why);
  if (answer.result) return accepted("takes our key");
  if (!aboutOurKey.test(answer.message)) return silent(answer.message);
  return refused(
    answer.message,
    "check VIP_RESELLER_API_ID and VIP_RESELLER_API_KEY, and let this machine's address in there",
  );
}

async function checkDiscord(outside: Outside, settings: Parties["discord"]): Promise<PartyVerdict> {
  const client = createDiscordClient(outside, {
    baseUrl: settings.base_url,
    token: settings.token,
  });
  const answer = await client.application();
  if (answer.kind === "unavailable") return silent(answer.why);
  const { status, body } = answer;
  if (status === 401) {
    return refused("401", "check DISCORD_TOKEN: the bot's page of the developer portal resets it");
  }
  if (status !== 200) return silent(`HTTP ${status} ${body.message ?? ""}`.trim());
  if (body.id !== settings.application_id) {
    return refused(
      "the token is another application's",
      "check DISCORD_APPLICATION_ID beside DISCORD_TOKEN",
    );
  }
  return accepted(`takes our token; the application is ${body.name ?? body.id}`);
}

function accepted(detail: string): PartyVerdict {
  return { verdict: "accepted", detail };
}

function refused(why: string, advice: string): PartyVerdict {
  return { verdict: "refused", detail: `refuses us (${why})`, advice };
}

function silent(why: string): PartyVerdict {
  const advice = "check the network here and the party's status page, and ask again";
  return { verdict: "silent", detail: `does not answer as it should (${why})`, advice };
}
