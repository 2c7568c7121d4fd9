/** Webhook: what a supplier tells us of its own accord, once it is proved to be the supplier's. */
import { type Database, inTransaction } from "../platform/db.ts";
import { enqueue, type JobPayload, RunAgain } from "../platform/jobs.ts";
import type { ReportDeps } from "./apply-report.ts";
import type { Reporter } from "./reporter.ts";
import type { PurchaseReport, Supplier } from "./supplier.ts";

export interface RawWebhook {
  readonly raw: Buffer;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

// A commit that is still under way is there in a moment; after that the purchase is hardly ours.
const soonMs = 60_000;
const giveUpMs = 15 * 60_000;

/** What receiving a webhook takes. */
export interface WebhookDeps extends Pick<ReportDeps, "clock" | "ids" | "log"> {
  readonly supplier: Supplier;
  readonly reporter: Reporter;
}

/**
 * Applies an authentic webhook. One about a purchase that is not there yet may have been faster than
 * our own commit, so it is kept and tried again.
 */
export async function acceptPurchaseWebhook(
  db: Database,
  deps: WebhookDeps,
  webhook: RawWebhook,
): Promise<"applied" | "kept" | "ignored" | "forged"> {
  const read = deps.supplier.readWebhook(webhook.raw, headerOf(webhook.headers));
  if (read.outcome !== "report") return read.outcome;
  if (await apply(deps, read)) return "applied";
  const now = deps.clock.now();
  await inTransaction(db, (tx) =>
    enqueue(tx, deps, {
      name: "suppliers.applyWebhook",
      // Two about one purchase are two.
      key: deps.ids.uuid(),
      payload: {
        ref: read.ref,
        raw: webhook.raw.toString("base64"),
        headers: JSON.stringify(ownHeaders(webhook.headers)),
        receivedAt: now.toISOString(),
      },
      runAt: new Date(now.getTime() + 1_000),
    }),
  );
  return "kept";
}

/** Job `suppliers.applyWebhook`: is the purchase of a webhook that came early there by now? */
export async function applyKeptWebhook(deps: WebhookDeps, payload: JobPayload): Promise<void> {
  const { ref, raw = "", headers = "{}", receivedAt = "" } = payload;
  const read = deps.supplier.readWebhook(Buffer.from(raw, "base64"), headerOf(JSON.parse(headers)));
  if (read.outcome !== "report" || (await apply(deps, read))) return;
  const ageMs = deps.clock.now().getTime() - Date.parse(receivedAt);
  if (ageMs < giveUpMs) throw new RunAgain(ageMs < soonMs ? 1_000 : 60_000);
  deps.log.warn({ ref }, "an authentic webhook of a purchase that is not ours");
}

async function apply(
  deps: WebhookDeps,
  { ref, report }: { ref: string; report: PurchaseReport },
): Promise<boolean> {
  const purchaseId = await deps.reporter.find({ supplier: deps.supplier.name, ref });
  if (purchaseId === undefined) return false;
  await deps.reporter.apply({ purchaseId, kind: "webhook", report });
  return true;
}

function headerOf(headers: RawWebhook["headers"]): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name];
    return typeof value === "string" ? value : undefined;
  };
}

/** The headers that are a party's own: what proves the webhook is among them. */
function ownHeaders(headers: RawWebhook["headers"]): RawWebhook["headers"] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("x-")));
}
