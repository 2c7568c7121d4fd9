/**
 * Party settings: where each outside party is, with which credentials, and whose money and goods are
 * there. The host alone tells that: a key's prefix proves nothing (contracts: payments.md §1.1).
 */
import * as z from "zod";
import type { Environment } from "./platform/store.ts";

/** Played on this machine; the party's own sandbox or test mode; or real. */
export type Standing = "simulator" | "test" | "live";

interface KnownParty {
  readonly label: string;
  readonly live: string;
  /** Where the party itself plays with pretend money. */
  readonly test?: string;
  /** True where a sandbox moves no money and no goods: it shows messages, or asks for nicknames. */
  readonly harmless: boolean;
}

export const knownParties = {
  midtrans: {
    label: "Midtrans",
    live: "https://api.midtrans.com",
    test: "https://api.sandbox.midtrans.com",
    harmless: false,
  },
  // One host for both: what is sent with `testing` is a test.
  digiflazz: { label: "Digiflazz", live: "https://api.digiflazz.com/v1", harmless: false },
  vip_reseller: { label: "VIP Reseller", live: "https://vip-reseller.co.id/api", harmless: true },
  discord: { label: "Discord", live: "https://discord.com/api", harmless: true },
} as const satisfies Record<string, KnownParty>;

export type PartyName = keyof typeof knownParties;

export const partyNames = Object.keys(knownParties) as readonly PartyName[]; // its keys are literal

const loopbackHosts = ["127.0.0.1", "localhost", "[::1]"];

/** True for an address that only this machine reaches. */
export function isLoopback(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && loopbackHosts.includes(url.hostname);
}

const loopback = z
  .url({ protocol: /^https?$/ })
  .refine(isLoopback, "must be on 127.0.0.1, where a simulator listens");

const text = z.string().min(1);

/** What `konter simulate` prints: where each party is and how to speak to it. */
export const partiesSchema = z.object({
  midtrans: z.object({ base_url: loopback, server_key: text, merchant_id: text }),
  digiflazz: z.object({
    base_url: loopback,
    username: text,
    api_key: text,
    webhook_secret: text,
    testing: z.boolean().default(false),
  }),
  vip_reseller: z.object({ base_url: loopback, api_id: text, api_key: text }),
  discord: z.object({
    base_url: loopback,
    token: text,
    application_id: text,
    /** Of the server's channels the one that only staff see. */
    staff_channel_id: text.optional(),
  }),
});

export type Parties = z.infer<typeof partiesSchema>;

/** A party that the settings do not name is undefined: its simulator takes the place. */
export type GivenParties = { readonly [Name in PartyName]: Parties[Name] | undefined };

/** A snowflake. */
export const discordId = z
  .string()
  .regex(/^\d{17,20}$/, "must be an id of Discord, 17 to 20 digits");

/** Whose money and goods are there; undefined for a host that is not known. */
export function standingOf(
  name: PartyName,
  party: { readonly base_url: string; readonly testing?: boolean },
): Standing | undefined {
  const known: KnownParty = knownParties[name];
  if (isLoopback(party.base_url)) return "simulator";
  const { origin } = new URL(party.base_url);
  if (known.test !== undefined && origin === known.test) return "test";
  if (origin !== new URL(known.live).origin) return undefined;
  return party.testing ? "test" : "live";
}

/** Why a store of this environment does not use this host; undefined when it does. */
function problemOfHost(name: PartyName, address: string, environment: Environment) {
  const known: KnownParty = knownParties[name];
  const testing = environment === "sandbox" && name === "digiflazz";
  const instead = environment === "sandbox" ? (known.test ?? known.live) : known.live;
  const host = URL.parse(address)?.hostname;
  switch (standingOf(name, { base_url: address, testing })) {
    case undefined:
      return `is no address of ${known.label} that Konter knows: leave it out for ${instead}`;
    case "live":
      return environment === "production" || known.harmless
        ? undefined
        : `${host} takes real money: that needs KONTER_ENV=production; a sandbox uses ${instead}`;
    case "test":
      return environment === "sandbox"
        ? undefined
        : `${host} takes pretend money, and a live shop sells real goods: leave it out for ${instead}`;
    case "simulator":
      return environment === "sandbox"
        ? undefined
        : `a live shop uses no simulator of ${known.label}: leave it out for ${instead}`;
  }
}

/** The variables of each party and what they make. */
function variablesOf(environment: Environment) {
  const url = (name: PartyName) => {
    const known: KnownParty = knownParties[name];
    return z
      .url({ protocol: /^https?$/, error: "must be an address, https://…", abort: true })
      .superRefine((address, context) => {
        const problem = problemOfHost(name, address, environment);
        if (problem !== undefined) context.addIssue(problem);
      })
      .transform((address) => address.replace(/\/+$/, ""))
      .prefault(environment === "sandbox" ? (known.test ?? known.live) : known.live);
  };
  return {
    midtrans: z
      .object({
        MIDTRANS_SERVER_KEY: text,
        MIDTRANS_MERCHANT_ID: text,
        MIDTRANS_BASE_URL: url("midtrans"),
      })
      .transform((given) => ({
        base_url: given.MIDTRANS_BASE_URL,
        server_key: given.MIDTRANS_SERVER_KEY,
        merchant_id: given.MIDTRANS_MERCHANT_ID,
      })),
    digiflazz: z
      .object({
        DIGIFLAZZ_USERNAME: text,
        DIGIFLAZZ_API_KEY: text,
        DIGIFLAZZ_WEBHOOK_SECRET: text,
        DIGIFLAZZ_BASE_URL: url("digiflazz"),
      })
      .transform((given) => ({
        base_url: given.DIGIFLAZZ_BASE_URL,
        username: given.DIGIFLAZZ_USERNAME,
        api_key: given.DIGIFLAZZ_API_KEY,
        webhook_secret: given.DIGIFLAZZ_WEBHOOK_SECRET,
        // Its simulator sells pretend goods without it; the real one must never sell to a sandbox.
        testing: environment === "sandbox" && !isLoopback(given.DIGIFLAZZ_BASE_URL),
      })),
    vip_reseller: z
      .object({
        VIP_RESELLER_API_ID: text,
        VIP_RESELLER_API_KEY: text,
        VIP_RESELLER_BASE_URL: url("vip_reseller"),
      })
      .transform((given) => ({
        base_url: given.VIP_RESELLER_BASE_URL,
        api_id: given.VIP_RESELLER_API_ID,
        api_key: given.VIP_RESELLER_API_KEY,
      })),
    discord: z
      .object({
        DISCORD_TOKEN: text,
        DISCORD_APPLICATION_ID: discordId,
        DISCORD_BASE_URL: url("discord"),
      })
      .transform((given) => ({
        base_url: given.DISCORD_BASE_URL,
        token: given.DISCORD_TOKEN,
        application_id: given.DISCORD_APPLICATION_ID,
        staff_channel_id: undefined, // a setting of its own
      })),
  };
}

export type Given = Readonly<Record<string, string | undefined>>;

/** Reads the parties that these variables name. `report` is told each problem, never with a value. */
export function readParties(
  given: Given,
  environment: Environment,
  report: (variable: string, problem: string) => void,
): GivenParties {
  const read = <Party>(
    name: PartyName,
    schema: z.ZodType<Party> & { readonly in: { readonly shape: object } },
  ): Party | undefined => {
    const named = Object.keys(schema.in.shape).some((variable) => given[variable] !== undefined);
    if (!named && environment === "sandbox") return undefined;
    const parsed = schema.safeParse(given);
    if (parsed.success) return parsed.data;
    const { label } = knownParties[name];
    const why = named ? `${label} takes all of its settings` : `a live shop needs ${label}`;
    for (const { path, message } of parsed.error.issues) {
      const variable = String(path[0]);
      report(variable, given[variable] === undefined ? `is missing: ${why}` : message);
    }
    return undefined;
  };
  const schemas = variablesOf(environment);
  return {
    midtrans: read("midtrans", schemas.midtrans),
    digiflazz: read("digiflazz", schemas.digiflazz),
    vip_reseller: read("vip_reseller", schemas.vip_reseller),
    discord: read("discord", schemas.discord),
  };
}
