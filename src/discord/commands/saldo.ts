/** /saldo: what a buyer can spend. */
import { saldo as postedSaldo } from "../../ledger/transfer.ts";
import { formatRupiah } from "../../platform/money.ts";
import type { Context, Handled } from "../context.ts";
import { card, colors } from "../render/message.ts";

/** Shows the buyer's saldo. */
export async function saldo(context: Context): Promise<Handled> {
  const { texts } = context;
  const amountIdr = await postedSaldo(context.db, context.customerId);
  const hint = amountIdr === 0n ? texts.saldo.empty : texts.saldo.hint;
  return card({
    title: texts.saldo.title,
    description: `${texts.saldo.text(formatRupiah(amountIdr))}\n${hint}`,
    color: colors.neutral,
  });
}
