/** Digiflazz as a supplier: its inquiry is the purchase sent again with the same reference. */
import {
  createDigiflazzClient,
  type DigiflazzAnswer,
  type DigiflazzCredentials,
  type DigiflazzProduct,
  type DigiflazzTransaction,
  readDigiflazzWebhook,
} from "../../parties/digiflazz.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import { toJsonRupiah } from "../../platform/money.ts";
import type {
  CutOff,
  Exchange,
  ListedSku,
  PurchaseReport,
  PurchaseRequest,
  Supplier,
} from "../supplier.ts";
import { codeMeanings, statusWords } from "./digiflazz-codes.ts";

// How sellers ask for the account of a game; the others take the player id alone.
const separators: Readonly<Record<string, string>> = { ML: "", GENSHIN: "|" };
// "Cek Username …" tells a name and tops nothing up.
const lookUp = /^cek\b/i;

/** What we knew when we asked; a webhook is nobody's answer and knows of no doubt. */
interface Asked {
  readonly sentBefore: boolean;
  readonly doubt: string | null;
}

/** Makes the supplier of one Digiflazz buyer. */
export function createDigiflazzSupplier(
  deps: { clock: Clock; fetch: Fetch },
  credentials: DigiflazzCredentials,
): Supplier {
  const client = createDigiflazzClient(deps, credentials);

  const send = async (request: PurchaseRequest, asked: Asked): Promise<PurchaseReport> => {
    const order = {
      buyer_sku_code: request.supplierSku,
      customer_no: request.customerNo,
      ref_id: request.ref,
      max_price: toJsonRupiah(request.maxCostIdr),
    };
    const answer = await client.transaction(order, request.sendBy);
    return reportOfAnswer(answer, request.ref, asked);
  };

  return {
    name: "digiflazz",
    customerNo(target) {
      const separator = separators[target.gameCode];
      return separator === undefined || target.zoneId === null
        ? target.playerId
        : target.playerId + separator + target.zoneId;
    },
    purchase: (request) => send(request, { sentBefore: false, doubt: null }),
    inquire: (inquiry) => send(inquiry, { sentBefore: true, doubt: inquiry.doubt }),
    async listSkus() {
      const list = await client.priceList();
      if (list.kind !== "data") return { outcome: "unavailable", why: whyNot(list) };
      const skus = list.products
        .filter((product) => !lookUp.test(product.product_name))
        .map(listedSku);
      return { outcome: "listed", skus };
    },
    async float() {
      const balance = await client.balance();
      return balance.kind === "data"
        ? { outcome: "read", amountIdr: balance.depositIdr }
        : { outcome: "unavailable", why: whyNot(balance) };
    },
    readWebhook(raw, header) {
      const read = readDigiflazzWebhook(raw, header("x-hub-signature"), credentials.webhookSecret);
      if (read === undefined) return { outcome: "forged" };
      if (read === "ping" || read.ref_id === undefined) return { outcome: "ignored" };
      const exchange = { status: null, body: raw.toString("utf8") };
      return {
        outcome: "report",
        ref: read.ref_id,
        report: reportOf(read, exchange, { sentBefore: true, doubt: null }),
      };
    },
  };
}

function listedSku(product: DigiflazzProduct): ListedSku {
  const inStock = product.unlimited_stock || (product.stock ?? 0) > 0;
  return {
    supplierSku: product.buyer_sku_code,
    // A fraction of a rupiah is charged as a whole one.
    priceIdr: BigInt(Math.ceil(product.price)),
    offered: product.buyer_product_status && product.seller_product_status && inStock,
    cutOff: cutOffOf(product),
  };
}

/** "0:0" to "00:00" is no window: it would be empty. */
function cutOffOf({ start_cut_off, end_cut_off }: DigiflazzProduct): CutOff | null {
  const [fromMinute, untilMinute] = [minuteOfDay(start_cut_off), minuteOfDay(end_cut_off)];
  return fromMinute === untilMinute ? null : { fromMinute, untilMinute };
}

function minuteOfDay(hour: string): number {
  const [hours = 0, minutes = 0] = hour.split(":").map(Number);
  return hours * 60 + minutes;
}

type Silence =
  | { readonly kind: "refused"; readonly rc: string; readonly message: string | undefined }
  | { readonly kind: "not_sent" | "unknown"; readonly why: string };

function whyNot(silence: Silence): string {
  return silence.kind === "refused"
    ? `rc ${silence.rc}: ${silence.message ?? codeMeanings.get(silence.rc)?.means ?? "refused"}`
    : silence.why;
}

function reportOfAnswer(answer: DigiflazzAnswer, ref: string, asked: Asked): PurchaseReport {
  if (answer.kind !== "data") {
    return { status: answer.kind, exchange: { status: null, body: answer.why } };
  }
  const exchange = { status: answer.status, body: answer.raw };
  // An answer about another purchase says nothing about this one.
  if (answer.data.ref_id !== undefined && answer.data.ref_id !== ref) {
    return { status: "unknown", exchange };
  }
  return reportOf(answer.data, exchange, asked);
}

function reportOf(data: DigiflazzTransaction, exchange: Exchange, asked: Asked): PurchaseReport {
  const { rc } = data;
  if (rc === undefined) return { status: "unknown", exchange };
  const meaning = codeMeanings.get(rc);
  if (meaning === undefined) {
    return { status: "unknown", why: `rc ${rc} is not known`, action: "review", exchange };
  }
  // Some rejections carry a code and no status word; a word that disagrees is a contradiction.
  if (data.status !== undefined && data.status.toLowerCase() !== statusWords[meaning.outcome]) {
    const why = `rc ${rc} with ${data.status}`;
    return { status: "unknown", why, action: "review", exchange };
  }
  const { action, fault } = meaning;
  const why = `rc ${rc}: ${meaning.means}`;
  const failed = { status: "failed", why, fault, action, exchange } as const;
  switch (meaning.outcome) {
    case "succeeded": {
      const chargedIdr = data.price === undefined ? null : BigInt(Math.round(data.price));
      return { status: "succeeded", serialNumber: data.sn ?? "", chargedIdr, exchange };
    }
    case "failed":
      return failed;
    case "refused":
      // It refuses this question and says nothing of a purchase that was sent before.
      return asked.sentBefore ? { status: "unknown", why, action, exchange } : failed;
    case "unknown_until_repeated": {
      const doubt = `rc ${rc}`;
      // Asking may itself have been the first to arrive, so it must be said twice.
      return asked.doubt === doubt ? failed : { status: "unknown", why, doubt, action, exchange };
    }
    case "pending":
      return { status: "pending", exchange };
    case "unknown":
      return { status: "unknown", why, action, exchange };
    default:
      return meaning.outcome satisfies never;
  }
}
