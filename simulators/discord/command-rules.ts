/** What Discord accepts as slash commands, and how it keeps them. */
import { Locale } from "discord-api-types/v10";
import { z } from "zod";
import { coded, parseForm, refusal } from "./errors.ts";
import { maybe, repeats } from "./message-rules.ts";
import { choicesForm } from "./modal-rules.ts";

// From the page on application commands; a name must also be lower case where its script has cases.
const namePattern = /^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$/u;
const name = z
  .string()
  .refine(
    (it) => namePattern.test(it) && it === it.toLowerCase(),
    coded("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"),
  );
const description = z.string().min(1).max(100);
const localized = <T extends z.ZodType>(form: T) =>
  z
    .partialRecord(z.enum(Locale), form)
    .nullish()
    .transform((texts) => texts ?? null);

const texts = {
  name,
  name_localizations: localized(name),
  description,
  description_localizations: localized(description),
};
const optionTexts = { ...texts, required: maybe(z.boolean()) };
const completed = { autocomplete: maybe(z.boolean()) };

const option = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal(3),
      ...optionTexts,
      ...completed,
      choices: maybe(choicesForm(3)),
      min_length: maybe(z.int().min(0).max(6000)),
      max_length: maybe(z.int().min(1).max(6000)),
    }),
    z.object({
      type: z.literal(4),
      ...optionTexts,
      ...completed,
      choices: maybe(choicesForm(4)),
      min_value: maybe(z.int()),
      max_value: maybe(z.int()),
    }),
    z.object({ type: z.literal(5), ...optionTexts }),
    z.object({
      type: z.literal(10),
      ...optionTexts,
      ...completed,
      choices: maybe(choicesForm(10)),
      min_value: maybe(z.number()),
      max_value: maybe(z.number()),
    }),
  ])
  .refine((it) => it.type === 5 || !(it.autocomplete && it.choices?.length), {
    path: ["choices"],
    ...coded(
      "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES",
      "Autocomplete and choices exclude each other",
    ),
  })
  .refine(
    (it) => it.type === 5 || repeats((it.choices ?? []).map((choice) => choice.name)).length === 0,
    {
      path: ["choices"],
      ...coded(
        "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS",
        "Option choice names must be unique",
      ),
    },
  );

const command = z.object({
  // A bulk overwrite may carry the id of the command it keeps; names decide here.
  id: maybe(z.string()),
  type: z
    .literal(1)
    .nullish()
    .transform(() => 1 as const),
  ...texts,
  options: z
    .array(option)
    .max(25)
    .superRefine((list, context) => {
      const refuse = (path: PropertyKey[], code: string, message: string) =>
        context.addIssue({ code: "custom", path, ...coded(code, message) });
      for (const index of repeats(list.map((it) => it.name))) {
        refuse(
          [index, "name"],
          "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
          "Option name already exists",
        );
      }
      const firstOptional = list.findIndex((it) => !it.required);
      list.forEach((it, index) => {
        if (!it.required || firstOptional < 0 || index < firstOptional) return;
        refuse(
          [index],
          "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
          "Required options must be placed before non-required options",
        );
      });
    })
    .nullish()
    .transform((list) => list ?? []),
  // Discord takes a number as well as digits, and answers with digits.
  default_member_permissions: z
    .union([z.string().regex(/^\d+$/), z.int().min(0)])
    .nullish()
    .transform((bits) => (bits == null ? null : String(bits))),
  dm_permission: maybe(z.boolean()),
  nsfw: z
    .boolean()
    .nullish()
    .transform((nsfw) => nsfw ?? false),
  contexts: distinct([0, 1, 2])
    .nullish()
    .transform((list) => list ?? null),
  integration_types: distinct([0, 1])
    .nullish()
    .transform((list) => list ?? [0]),
});

export type CommandOption = z.output<typeof option>;
export type Command = z.output<typeof command> & {
  id: string;
  application_id: string;
  version: string;
};

function distinct(values: readonly number[]) {
  return z
    .array(z.literal(values))
    .min(1)
    .refine(
      (list) => repeats(list).length === 0,
      coded("SET_TYPE_CONVERT", "Values must be unique"),
    );
}

const bulk = z.array(command).superRefine((list, context) => {
  for (const index of repeats(list.map((it) => it.name))) {
    context.addIssue({
      code: "custom",
      path: [index, "name"],
      ...coded("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique"),
    });
  }
});

/** The list that replaces `current`: a command that keeps its name keeps its id. */
export function overwriteCommands(
  body: unknown,
  current: readonly Command[],
  given: { applicationId: string; mintId(): string },
): Command[] {
  const wanted = parseForm(bulk, body);
  if (wanted.length > 100) throw refusal("too_many_commands");
  return wanted.map((it) => {
    const before = current.find((known) => known.name === it.name);
    return {
      ...it,
      id: before?.id ?? given.mintId(),
      application_id: given.applicationId,
      version: given.mintId(),
    };
  });
}

/** The list as answered without `with_localizations`: the dictionaries are left out. */
export function withoutLocalizations(commands: readonly Command[]): object[] {
  const plain = { name_localizations: undefined, description_localizations: undefined };
  return commands.map((it) => ({
    ...it,
    ...plain,
    options: it.options.map((option) => ({ ...option, ...plain })),
  }));
}
