/** Digiflazz as a supplier: its inquiry is the purchase sent again with the same reference. */
import {
  createDigiflazzClient,
  type DigiflazzAnswer,
  type DigiflazzCredentials,
  type DigiflazzTransaction,
  readDigiflazzWebhook,
} from "../../parties/digiflazz.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Fetch } from "../../platform/http.ts";
import { toJsonRupiah } from "../../platform/money.ts";
import type { Exchange, PurchaseReport, PurchaseRequest, Supplier } from "../supplier.ts";
import { codeMeanings, statusWords } from "./digiflazz-codes.ts";

// How sellers ask for the account of a game; the others take the player id alone.
const separators: Readonly<Record<string, string>> = { ML: "", GENSHIN: "|" };

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
  const meaning = codeMeanings.get(data.rc ?? "") ?? "unknown";
  // Some rejections carry a code and no status word; a word that disagrees is a contradiction.
  if (data.status !== undefined && data.status.toLowerCase() !== statusWords[meaning]) {
    return { status: "unknown", exchange };
  }
  const why = `rc ${data.rc}`;
  switch (meaning) {
    case "succeeded": {
      const chargedIdr = data.price === undefined ? null : BigInt(Math.round(data.price));
      return { status: "succeeded", serialNumber: data.sn ?? "", chargedIdr, exchange };
    }
    case "failed_account":
      return { status: "failed", why, fault: "account", exchange };
    case "refused_configuration":
      // It refuses this question and says nothing of a purchase that was sent before.
      return asked.sentBefore
        ? { status: "unknown", exchange }
        : { status: "failed", why, fault: "configuration", exchange };
    case "failed_configuration":
      return { status: "failed", why, fault: "configuration", exchange };
    case "failed_supplier":
      return { status: "failed", why, fault: "supplier", exchange };
    case "unknown_until_repeated":
      // Asking may itself have been the first to arrive, so it must be said twice.
      return asked.doubt === why
        ? { status: "failed", why, fault: "supplier", exchange }
        : { status: "unknown", doubt: why, exchange };
    case "pending":
    case "unknown":
      return { status: meaning, exchange };
    default:
      return meaning satisfies never;
  }
}
