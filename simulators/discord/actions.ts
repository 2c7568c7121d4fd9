/** What a person can do in their client: it sends only what it shows, so it checks before it sends. */
import type { InteractionType } from "discord-api-types/v10";
import { z } from "zod";
import type { Command, CommandOption } from "./command-rules.ts";
import { ClientMistake } from "./errors.ts";
import type { Messages } from "./messages.ts";
import type { KeptInteraction, KeptMessage, Person, State } from "./state.ts";

export interface Act {
  type: InteractionType;
  /** The command's name or the custom_id. */
  name: string;
  channelId: string;
  data: object;
  /** The message of the component, or the one the modal was opened from. */
  message?: KeptMessage | undefined;
  /** The interaction that opened the modal. */
  opener?: KeptInteraction;
  focusedType?: number;
}

const optionForm = z.object({
  name: z.string(),
  type: z.int(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  focused: z.boolean().optional(),
});
const commandData = z.object({ name: z.string(), options: z.array(optionForm).default([]) });

export const actForm = z.discriminatedUnion("type", [
  z.object({ user_id: z.string(), type: z.literal([2, 4]), data: commandData }),
  z.object({
    user_id: z.string(),
    type: z.literal(3),
    message_id: z.string(),
    data: z.object({
      component_type: z.literal([2, 3]),
      custom_id: z.string(),
      values: z.array(z.string()).optional(),
    }),
  }),
  z.object({
    user_id: z.string(),
    type: z.literal(5),
    modal_id: z.string(),
    data: z.object({
      custom_id: z.string(),
      components: z.array(
        z.object({
          type: z.literal(18),
          component: z.object({ type: z.literal(4), custom_id: z.string(), value: z.string() }),
        }),
      ),
    }),
  }),
]);

type ActForm = z.output<typeof actForm>;
type CommandForm = z.output<(typeof actForm.options)[0]>;
type ComponentForm = z.output<(typeof actForm.options)[1]>;
type ModalSubmitForm = z.output<(typeof actForm.options)[2]>;

/** What the person did, as the bot will be told; throws ClientMistake for what no client lets happen. */
export function readAct(state: State, messages: Messages, person: Person, form: ActForm): Act {
  switch (form.type) {
    case 2:
    case 4:
      return runCommand(state.data, form);
    case 3:
      return touchComponent(messages, person, form);
    case 5:
      return submitModal(state.data, messages, person, form);
  }
}

function runCommand(data: State["data"], form: CommandForm): Act {
  const command = data.commands.find((it) => it.name === form.data.name);
  if (!command || (command.contexts && !command.contexts.includes(0))) {
    throw new ClientMistake(404, `no such command here: /${form.data.name}`);
  }
  const given = form.data.options;
  const defined = (name: string) => command.options.find((it) => it.name === name);
  for (const it of given) {
    const option = defined(it.name);
    if (!option || option.type !== it.type)
      throw new ClientMistake(400, `no such option: ${it.name}`);
    const problem = form.type === 2 ? problemOf(option, it.value) : undefined;
    if (problem) throw new ClientMistake(400, `${it.name}: ${problem}`);
  }
  const focused = given.filter((it) => it.focused);
  if (form.type === 2) checkComplete(command, given);
  const focusedOption = defined(focused[0]?.name ?? "");
  const completes =
    focused.length === 1 &&
    focusedOption &&
    "autocomplete" in focusedOption &&
    focusedOption.autocomplete;
  if (form.type === 4 && !completes)
    throw new ClientMistake(400, "focus one option that completes");
  return {
    type: form.type,
    name: command.name,
    channelId: data.channelId,
    data: { id: command.id, name: command.name, type: command.type, options: given },
    ...(focusedOption && { focusedType: focusedOption.type }),
  };
}

function checkComplete(command: Command, given: readonly { name: string }[]): void {
  const missing = command.options.find(
    (it) => it.required && !given.some(({ name }) => name === it.name),
  );
  if (missing) throw new ClientMistake(400, `${missing.name} is required`);
}

function problemOf(option: CommandOption, value: string | number | boolean): string | undefined {
  const wanted = { 3: "string", 4: "number", 5: "boolean", 10: "number" }[option.type];
  if (typeof value !== wanted) return `must be a ${wanted}`;
  if (option.type === 5) return undefined;
  if (option.choices?.length && !option.choices.some((choice) => choice.value === value)) {
    return "is none of the choices";
  }
  const [least, most, size] =
    option.type === 3
      ? [option.min_length, option.max_length ?? 6000, String(value).length]
      : [option.min_value, option.max_value, Number(value)];
  if (option.type === 4 && !Number.isInteger(value)) return "must be whole";
  if (size < (least ?? Number.NEGATIVE_INFINITY) || size > (most ?? Number.POSITIVE_INFINITY)) {
    return "is outside its limits";
  }
  return undefined;
}

function touchComponent(messages: Messages, person: Person, form: ComponentForm): Act {
  const { component_type, custom_id, values } = form.data;
  const message = messages.find(form.message_id);
  if (!message || !messages.sees(message, person.id))
    throw new ClientMistake(404, "no such message");
  const children = message.components.flatMap((row) => row.components);
  const component = children.find((it) => it.type === component_type && it.custom_id === custom_id);
  if (!component) throw new ClientMistake(404, "the message has no such component");
  if (component.disabled) throw new ClientMistake(400, "the component is disabled");
  if (component.type === 3) {
    const offered = component.options.map((option) => option.value);
    const chosen = new Set(values);
    const fits = chosen.size >= component.min_values && chosen.size <= component.max_values;
    if (!fits || ![...chosen].every((value) => offered.includes(value))) {
      throw new ClientMistake(400, "these values cannot be chosen");
    }
  }
  return {
    type: 3,
    name: custom_id,
    channelId: message.channelId,
    message,
    data: {
      component_type,
      custom_id,
      id: component.id,
      ...(component.type === 3 && { values: values ?? [] }),
    },
  };
}

function submitModal(
  data: State["data"],
  messages: Messages,
  person: Person,
  form: ModalSubmitForm,
): Act {
  const opener = data.interactions.findLast(
    (it) => it.id === form.modal_id && it.userId === person.id,
  );
  const modal = opener?.modal;
  if (!opener || !modal || modal.custom_id !== form.data.custom_id) {
    throw new ClientMistake(404, "no such modal is open");
  }
  const sent = new Map(
    form.data.components.map(({ component }) => [component.custom_id, component.value]),
  );
  const components = modal.components.map((label, index) => {
    const { custom_id, id, required, min_length, max_length } = label.component;
    const value = sent.get(custom_id) ?? "";
    const least = value === "" && !required ? 0 : Math.max(min_length ?? 0, required ? 1 : 0);
    if (value.length < least || value.length > (max_length ?? 4000)) {
      throw new ClientMistake(
        400,
        `${custom_id} must have ${least} to ${max_length ?? 4000} characters`,
      );
    }
    return {
      type: 18,
      id: label.id ?? 2 * index + 1,
      component: { type: 4, id: id ?? 2 * index + 2, custom_id, value },
    };
  });
  return {
    type: 5,
    name: modal.custom_id,
    channelId: opener.channelId,
    message: messages.find(opener.messageId),
    opener,
    data: { custom_id: modal.custom_id, components },
  };
}
