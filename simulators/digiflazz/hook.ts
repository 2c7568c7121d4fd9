/** Digiflazz' webhook: what it posts to the buyer, signed over the bytes that it sends. */
import { createHmac } from "node:crypto";
import type { Books } from "../books.ts";
import { createUuid, type PartyContext } from "../party.ts";
import { postWebhook } from "../wire.ts";
import type { Purchase, WebhookWay } from "./purchase.ts";
import type { DigiflazzBooks, describePurchase } from "./record.ts";

type Described = ReturnType<typeof describePurchase>;

export interface Hook {
  /** The state of a purchase has changed. */
  announce(purchase: Purchase, describe: () => Described, signal?: AbortSignal): Promise<void>;
  /** A purchase was formed: told only where its way asks for it. */
  create(purchase: Purchase, described: Described): Promise<void>;
  /** Tells of a purchase that may never have been. */
  tell(data: object): Promise<number | null>;
  /** What is sent when a webhook is configured: no data, and the secret in clear. */
  ping(): Promise<number | null>;
}

const webhookId = "12345";
const mostKept = 1_000;
const never = new AbortController().signal;

export function createHook(
  context: PartyContext,
  books: Books<DigiflazzBooks>,
  secret: string,
): Hook {
  const ownUrl = () => `${context.storeUrl()}/webhooks/digiflazz`;
  // The `create` of purchases whose `update` overtakes it.
  const held = new Map<Purchase, Described>();

  async function post(
    event: "create" | "update" | "ping",
    message: Readonly<Record<string, unknown>>,
    options: { way?: WebhookWay; url?: string | null; signal?: AbortSignal } = {},
  ): Promise<number | null> {
    const { way = "once", url, signal = never } = options;
    // Escaped as PHP does it: whoever verifies a re-serialised body instead of the raw one fails.
    const body = JSON.stringify(message).replaceAll("/", "\\/");
    const key = way === "webhook_forged" ? "not-the-secret" : secret;
    const signature = createHmac("sha1", key).update(body).digest("hex");
    const headers = {
      "user-agent": "DigiFlazz-Hookshot",
      "x-digiflazz-event": event,
      "x-digiflazz-delivery": createUuid(context.randomBytes),
      ...(way === "webhook_unsigned" ? {} : { "x-hub-signature": `sha1=${signature}` }),
    };
    const reply_status = await postWebhook({ url: url ?? ownUrl(), headers, body }, signal);
    const { ref_id = null, rc = null } = readData(message);
    const at = context.clock.now().toISOString();
    const { webhooks } = books.data;
    webhooks.push({ event, ref_id, rc, reply_status, at });
    webhooks.splice(0, webhooks.length - mostKept);
    context.log({ party: "digiflazz", webhook: event, ref_id, rc, reply_status });
    return reply_status;
  }

  const dataOf = (purchase: Purchase, described: Described) => ({
    data: { trx_id: purchase.trx_id, ...described },
  });

  return {
    async announce(purchase, describe, signal) {
      const { webhook: way, webhook_url: url } = purchase;
      if (way === "webhook_drop") return;
      const options = { way, url, ...(signal === undefined ? {} : { signal }) };
      const message = dataOf(purchase, describe());
      const copies = way === "webhook_thrice" ? 3 : 1;
      await Promise.all(Array.from({ length: copies }, () => post("update", message, options)));
      const overtaken = held.get(purchase);
      if (overtaken === undefined) return;
      held.delete(purchase);
      await post("create", dataOf(purchase, overtaken), options);
    },
    async create(purchase, described) {
      const { webhook: way, webhook_url: url } = purchase;
      if (way === "webhook_out_of_order") held.set(purchase, described);
      if (way === "webhook_create") await post("create", dataOf(purchase, described), { url });
    },
    tell: (data) => post("update", { data }),
    ping: () =>
      post("ping", {
        sed: "Digiflazz",
        hook_id: webhookId,
        hook: { url: ownUrl(), secret, type: "webhook", status: 1 },
      }),
  };
}

function readData(message: Readonly<Record<string, unknown>>): { ref_id?: string; rc?: string } {
  return typeof message.data === "object" && message.data !== null ? message.data : {};
}
