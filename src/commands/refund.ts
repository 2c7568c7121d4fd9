/** `konter refund`: a person gives a buyer's money back. */
import { type RefundOrder, refundOrder } from "../orders/refund-order.ts";
import { findOrder } from "../orders/story.ts";
import { inTransaction } from "../platform/db.ts";
import { createPublisher } from "../platform/events.ts";
import { createLog } from "../platform/log.ts";
import { formatRupiah } from "../platform/money.ts";
import { subscribers } from "../subscribers.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { asOperator, type Shop, withShop } from "./operator.ts";

const longestReason = 200;

export const refund: Command = {
  usage: "refund CODE --reason TEXT [--amount RUPIAH] [--to source] [--purchase-failed]",
  summary: "give the money of an order back: all of it, or a part after delivery",
  details: `What was paid goes to the buyer's saldo at once. The buyer reads the reason in /history.
  --reason TEXT       why, at most ${longestReason} characters
  --amount RUPIAH     a part of it, after delivery; the order stays delivered
  --to source         back to the wallet it came from; when that fails it goes to saldo
  --purchase-failed   you know from the supplier itself that it did not deliver. Needed while a purchase is open:
                      its reference is then closed and never sent again`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        reason: { type: "string" },
        amount: { type: "string" },
        to: { type: "string", default: "saldo" },
        "purchase-failed": { type: "boolean", default: false },
      },
    });
    const [orderCode, ...rest] = positionals;
    if (orderCode === undefined) throw new UsageError("which CODE?");
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer text`);
    const reason = values.reason?.trim() ?? "";
    if (reason === "" || reason.length > longestReason) {
      throw new UsageError(`say why: --reason TEXT, at most ${longestReason} characters`);
    }
    const { to } = values;
    if (to !== "saldo" && to !== "source") throw new UsageError("--to is saldo or source");
    const amountIdr = readAmount(values.amount);
    const saysPurchaseFailed = values["purchase-failed"];
    await withShop(terminal, (shop) =>
      run(shop, orderCode, {
        ...{ reason, to, saysPurchaseFailed },
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
  const order = await findOrder(shop.db, { orderCode });
  const deps = {
    ...shop,
    log: createLog({ level: "warn", terminal: shop.terminal.screen }),
    publish: createPublisher(shop, subscribers),
  };
  const { actor, origin } = asOperator({ action: "order.refund", object: `order:${order.id}` });
  const input = { ...wish, orderId: order.id, actor, ...(origin === undefined ? {} : { origin }) };
  const { amountIdr } = await inTransaction(shop.db, (tx) => refundOrder(tx, deps, input));
  const where =
    wish.to === "saldo"
      ? "is in the buyer's saldo"
      : "is on its way back; a running shop asks the gateway";
  shop.terminal.print(`${formatRupiah(amountIdr)} of order ${order.code} ${where}.`);
}
