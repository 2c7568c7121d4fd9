/** `konter refund`: a person gives a buyer's money back. */
import { endSourceRefund, type RefundOrder, refundOrder } from "../orders/refund-order.ts";
import { findOrder } from "../orders/story.ts";
import type { RefundEnd } from "../payments/refund.ts";
import { inTransaction } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { formatRupiah } from "../platform/money.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { asOperator, type Shop, withShop } from "./operator.ts";

const longestReason = 200;

export const refund: Command = {
  usage:
    "refund CODE --reason TEXT [--amount RUPIAH [--again]] [--to source] [--purchase-failed] | --gateway-says END",
  summary: "give the money of an order back: all of it, or a part after delivery",
  details: `What was paid goes to the buyer's saldo at once. The buyer reads the reason in /history.
  --reason TEXT       why, at most ${longestReason} characters
  --amount RUPIAH     a part of it, after delivery; the order stays delivered
  --again             another part, after one was given back before
  --to source         back to the wallet it came from; when that fails it goes to saldo
  --purchase-failed   you know from the supplier itself that it did not deliver. Needed while a purchase is open:
                      its reference is then closed and never sent again
  --gateway-says END  you have seen in the gateway's dashboard how a refund to the source ended: refunded, or failed,
                      which brings the money to saldo. For refunds that lie on the desk unconfirmed`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        reason: { type: "string" },
        amount: { type: "string" },
        to: { type: "string", default: "saldo" },
        again: { type: "boolean", default: false },
        "purchase-failed": { type: "boolean", default: false },
        "gateway-says": { type: "string" },
      },
    });
    const [orderCode, ...rest] = positionals;
    if (orderCode === undefined) throw new UsageError("which CODE?");
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer text`);
    const reason = values.reason?.trim() ?? "";
    if (reason === "" || reason.length > longestReason) {
      throw new UsageError(`say why: --reason TEXT, at most ${longestReason} characters`);
    }
    const { to, again, "gateway-says": ended } = values;
    if (ended !== undefined) {
      if (ended !== "refunded" && ended !== "failed") {
        throw new UsageError("--gateway-says is refunded or failed");
      }
      return withShop(terminal, (shop) => end(shop, orderCode, { ended, reason }));
    }
    if (to !== "saldo" && to !== "source") throw new UsageError("--to is saldo or source");
    const amountIdr = readAmount(values.amount);
    const saysPurchaseFailed = values["purchase-failed"];
    await withShop(terminal, (shop) =>
      run(shop, orderCode, {
        ...{ reason, to, again, saysPurchaseFailed },
        ...(amountIdr === undefined ? {} : { amountIdr }),
      }),
    );
  },
};

function readAmount(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,12}$/.test(text)) throw new UsageError("--amount is whole rupiah, e.g. 5000");
  return BigInt(text);
}

async function run(
  shop: Shop,
  orderCode: string,
  wish: Omit<RefundOrder, "orderId" | "actor" | "origin">,
): Promise<void> {
  const { order, deps, by } = await open(shop, orderCode, "order.refund");
  const { amountIdr } = await inTransaction(shop.db, (tx) =>
    refundOrder(tx, deps, { ...wish, ...by }),
  );
  const where =
    wish.to === "saldo"
      ? "is in the buyer's saldo"
      : "is on its way back; a running shop asks the gateway";
  shop.terminal.print(`${formatRupiah(amountIdr)} of order ${order.code} ${where}.`);
}

async function end(
  shop: Shop,
  orderCode: string,
  said: { ended: RefundEnd; reason: string },
): Promise<void> {
  const { order, deps, by } = await open(shop, orderCode, "order.end_source_refund");
  await inTransaction(shop.db, (tx) => endSourceRefund(tx, deps, { ...said, ...by }));
  const what =
    said.ended === "refunded"
      ? "is back where it came from"
      : "goes to the buyer's saldo as soon as the shop runs";
  shop.terminal.print(`The money of order ${order.code} ${what}.`);
}

async function open(shop: Shop, orderCode: string, action: string) {
  const order = await findOrder(shop.db, { orderCode });
  const log = createLog({ level: "warn", terminal: shop.terminal.screen });
  const deps = { ...shop, log };
  const { actor, origin } = asOperator({ action, object: `order:${order.id}` });
  const by = { orderId: order.id, actor, ...(origin === undefined ? {} : { origin }) };
  return { order, deps, by };
}
