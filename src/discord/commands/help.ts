/** /bantuan: what a buyer can do here. */
import type { Context, Handled } from "../context.ts";
import { card, colors } from "../render/message.ts";

/** Shows every command by what it is for, and what to do when something is wrong. */
export async function help({ texts }: Context): Promise<Handled> {
  const words = texts.help;
  return card({
    title: words.title,
    description: words.text,
    color: colors.neutral,
    fields: [
      { name: words.buy, value: words.buyText },
      { name: words.look, value: words.lookText },
      { name: words.money, value: words.moneyText },
      { name: words.orders, value: words.ordersText },
      { name: words.trouble, value: words.troubleText },
    ],
  });
}
