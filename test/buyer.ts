/** Buyer: a person at the simulated Discord, who types commands, presses buttons and fills forms. */
import assert from "node:assert/strict";
import type {
  APIButtonComponentWithCustomId,
  APIMessage,
  APIModalInteractionResponseCallbackData,
} from "discord-api-types/v10";
import { getJson, postJson } from "./json.ts";

export interface Answer {
  readonly interaction_id: string;
  readonly status: "acknowledged" | "failed";
  readonly callback_type?: number;
  readonly choices?: { name: string; value: string }[];
  readonly modal?: APIModalInteractionResponseCallbackData;
  readonly modal_id?: string;
}

type Values = Readonly<Record<string, string>>;

export type Buyer = ReturnType<typeof createBuyer>;

/** Opens the simulated Discord for its two buyers and its owner. `settle` waits until the world is quiet. */
export async function enterDiscord(simulatorUrl: string, settle: () => Promise<void>) {
  const client = `${simulatorUrl}/discord/client`;
  const [first, second, owner] = await getJson<{ id: string }[]>(`${client}/users`);
  assert.ok(first && second && owner);
  return {
    buyer: createBuyer(client, first.id, settle),
    secondBuyer: createBuyer(client, second.id, settle),
    owner: createBuyer(client, owner.id, settle),
  };
}

function createBuyer(client: string, userId: string, settle: () => Promise<void>) {
  const interact = async (body: object): Promise<Answer> => {
    const answer = await postJson<Answer>(`${client}/interactions`, { user_id: userId, ...body });
    await settle();
    return answer;
  };
  const options = (values: Values, focused?: string) =>
    Object.entries(values).map(([name, value]) => ({
      name,
      type: 3,
      value,
      ...(name === focused ? { focused: true } : {}),
    }));

  const messages = async () => {
    const state = await getJson<{ messages: APIMessage[] }>(`${client}/state?user_id=${userId}`);
    return state.messages;
  };
  const lastMessage = async () => {
    const message = (await messages()).at(-1);
    assert.ok(message, "no message yet");
    return message;
  };
  const submit = (answer: Answer, values: Values) => {
    assert.ok(answer.modal, "no form was opened");
    return interact({
      type: 5,
      modal_id: answer.modal_id,
      data: {
        custom_id: answer.modal.custom_id,
        components: Object.entries(values).map(([name, value]) => ({
          type: 18,
          component: { type: 4, custom_id: name, value },
        })),
      },
    });
  };

  return {
    userId,
    messages,
    lastMessage,
    submit,
    /** Takes direct messages from bots no more, or again. */
    closesDirectMessages: (closed = true) =>
      postJson(`${client}/users/${userId}`, { closed }, "PATCH"),
    speaks: (locale: "id" | "en-US") => postJson(`${client}/users/${userId}`, { locale }, "PATCH"),
    command: (name: string, values: Values = {}) =>
      interact({ type: 2, data: { name, options: options(values) } }),
    suggestions: async (name: string, values: Values, focused: string) => {
      const data = { name, options: options(values, focused) };
      return (await interact({ type: 4, data })).choices ?? [];
    },
    /** Presses the button of the newest message whose label begins like this. */
    async press(label: string): Promise<Answer> {
      const message = await lastMessage();
      return interact({ type: 3, message_id: message.id, data: buttonData(message, label) });
    },
    /** Everything the newest message says, as one text. */
    async reads(): Promise<string> {
      return textOf(await lastMessage());
    },
    /** From `/topup` to the quote card. */
    async quotes(skuCode: string, account: { id: string; server?: string }) {
      const [game = ""] = skuCode.split("_");
      await interact({
        type: 2,
        data: { name: "topup", options: options({ game, produk: skuCode, ...account }) },
      });
    },
    /** From `/topup` to the open GoPay payment. */
    async orders(skuCode: string, account: { id: string; server?: string }) {
      await this.quotes(skuCode, account);
      await this.press("Bayar GoPay");
    },
  };
}

function buttonData(message: APIMessage, label: string) {
  const parts: object[] = (message.components ?? []).flatMap((row) =>
    "components" in row ? [...row.components] : [],
  );
  const buttons = parts.filter(
    (part): part is APIButtonComponentWithCustomId => "custom_id" in part && "label" in part,
  );
  const button = buttons.find((one) => one.label?.startsWith(label));
  assert.ok(button, `no button "${label}" among ${buttons.map((one) => one.label).join(", ")}`);
  return { component_type: 2, custom_id: button.custom_id };
}

/** Everything a message says. */
export function textOf(message: APIMessage): string {
  const embedded = message.embeds.flatMap((embed) => [
    embed.title,
    embed.description,
    ...(embed.fields ?? []).map((field) => `${field.name}: ${field.value}`),
  ]);
  return [message.content, ...embedded].filter((text) => text).join("\n");
}
