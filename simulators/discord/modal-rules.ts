/** What Discord accepts as a modal and as autocomplete choices. */
import { z } from "zod";
import { coded } from "./errors.ts";
import { componentId, customId, maybe, repeats } from "./message-rules.ts";

const textInput = z
  .object({
    type: z.literal(4),
    id: componentId,
    custom_id: customId,
    style: z.literal([1, 2]),
    min_length: maybe(z.int().min(0).max(4000)),
    max_length: maybe(z.int().min(1).max(4000)),
    required: z
      .boolean()
      .nullish()
      .transform((required) => required ?? true),
    value: maybe(z.string().max(4000)),
    placeholder: maybe(z.string().max(100)),
    // Inside a modal nothing can be disabled.
    disabled: z
      .literal(false)
      .nullish()
      .transform(() => undefined),
  })
  .superRefine((it, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], ...coded("TEXT_INPUT_LENGTH", message) });
    const most = it.max_length ?? 4000;
    if ((it.min_length ?? 0) > most) refuse("min_length", "min_length is above max_length");
    if (it.value && it.value.length > most) refuse("value", "value is longer than max_length");
  });

const label = z.object({
  type: z.literal(18),
  id: componentId,
  label: z.string().min(1).max(45),
  description: maybe(z.string().max(100)),
  component: z.discriminatedUnion("type", [textInput]),
});

export const modalForm = z.object({
  custom_id: customId,
  title: z.string().min(1).max(45),
  components: z
    .array(z.discriminatedUnion("type", [label]))
    .min(1)
    .max(5)
    .superRefine((list, context) => {
      for (const index of repeats(list.map((it) => it.component.custom_id))) {
        context.addIssue({
          code: "custom",
          path: [index, "component", "custom_id"],
          ...coded("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"),
        });
      }
    }),
});

export type Modal = z.output<typeof modalForm>;

/** Choices of an option: strings of up to 100 characters, or numbers. */
export function choicesForm(optionType: number) {
  const value = optionType === 3 ? z.string().max(100) : optionType === 4 ? z.int() : z.number();
  return z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        name_localizations: maybe(z.record(z.string(), z.string().min(1).max(100))),
        value,
      }),
    )
    .max(25);
}
