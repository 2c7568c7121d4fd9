/** What Discord accepts as a message: the legacy form (content, embeds, rows of buttons and selects). */
import { MessageFlags } from "discord-api-types/v10";
import { z } from "zod";
import { coded, notPlayed } from "./errors.ts";

/** Discord takes null for "not given" nearly everywhere. */
export function maybe<T extends z.ZodType>(form: T) {
  return form.nullish().transform((value) => value ?? undefined);
}

export const customId = z.string().min(1).max(100);
export const componentId = maybe(z.int().min(0));

const badUrl = coded("URL_TYPE_INVALID_URL", "Not a well formed URL.");
const webUrl = z.string().refine((url) => /^https?:$/.test(protocol(url)), badUrl);
const mediaUrl = z.string().max(2048);
const imageUrl = mediaUrl.refine((url) => /^(https?|attachment):$/.test(protocol(url)), badUrl);

function protocol(url: string): string {
  return URL.parse(url)?.protocol ?? "";
}

const emoji = z.object({
  id: maybe(z.string()),
  name: maybe(z.string().max(32)),
  animated: maybe(z.boolean()),
});

const linkStyle = 5;
const button = z
  .object({
    type: z.literal(2),
    id: componentId,
    style: z.literal([1, 2, 3, 4, linkStyle]),
    label: maybe(z.string().max(80)),
    emoji: maybe(emoji),
    custom_id: maybe(customId),
    url: maybe(webUrl.max(512)),
    disabled: maybe(z.boolean()),
  })
  .superRefine((it, context) => {
    const refuse = (field: string, message: string) =>
      context.addIssue({ code: "custom", path: [field], ...coded("BASE_TYPE_REQUIRED", message) });
    const [wanted, unwanted] =
      it.style === linkStyle ? (["url", "custom_id"] as const) : (["custom_id", "url"] as const);
    if (it[wanted] === undefined) refuse(wanted, `A button of style ${it.style} needs a ${wanted}`);
    if (it[unwanted] !== undefined)
      refuse(unwanted, `A button of style ${it.style} has no ${unwanted}`);
    if (!it.label && !it.emoji) refuse("label", "A button needs a label or an emoji");
  });

const stringSelect = z
  .object({
    type: z.literal(3),
    id: componentId,
    custom_id: customId,
    placeholder: maybe(z.string().max(150)),
    min_values: z
      .int()
      .min(0)
      .max(25)
      .nullish()
      .transform((count) => count ?? 1),
    max_values: z
      .int()
      .min(1)
      .max(25)
      .nullish()
      .transform((count) => count ?? 1),
    disabled: maybe(z.boolean()),
    options: z
      .array(
        z.object({
          label: z.string().min(1).max(100),
          value: z.string().min(1).max(100),
          description: maybe(z.string().max(100)),
          emoji: maybe(emoji),
          default: maybe(z.boolean()),
        }),
      )
      .min(1)
      .max(25),
  })
  .superRefine((it, context) => {
    const refuse = (path: PropertyKey[], code: string, message: string) =>
      context.addIssue({ code: "custom", path, ...coded(code, message) });
    for (const index of repeats(it.options.map((option) => option.value))) {
      refuse(
        ["options", index, "value"],
        "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
        "The specified option value is already used",
      );
    }
    const most = Math.min(it.max_values, it.options.length);
    if (it.min_values > most || it.max_values > it.options.length) {
      refuse(
        ["max_values"],
        "SELECT_COMPONENT_VALUES_RANGE",
        "min_values, max_values and the options do not agree",
      );
    }
    if (it.options.filter((option) => option.default).length > it.max_values) {
      refuse(["options"], "SELECT_COMPONENT_TOO_MANY_DEFAULTS", "More defaults than max_values");
    }
  });

const row = z
  .object({
    type: z.literal(1),
    id: componentId,
    components: z
      .array(z.discriminatedUnion("type", [button, stringSelect]))
      .min(1)
      .max(5),
  })
  .refine((it) => it.components.length === 1 || it.components.every((child) => child.type === 2), {
    path: ["components"],
    ...coded(
      "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
      "The specified component exceeds the maximum width",
    ),
  });

export type ComponentRow = z.output<typeof row>;

// A union of one, so that a container or a text display is refused in Discord's own words.
const rows = z
  .array(z.discriminatedUnion("type", [row]))
  .max(5)
  .superRefine((list, context) => {
    const placed = list.flatMap((it, at) =>
      it.components.map((child, index) => ({
        child,
        path: [at, "components", index, "custom_id"],
      })),
    );
    const named = placed.filter(({ child }) => child.custom_id !== undefined);
    for (const index of repeats(named.map(({ child }) => child.custom_id))) {
      context.addIssue({
        code: "custom",
        path: named[index]?.path ?? [],
        ...coded("COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated"),
      });
    }
  });

const embedParts = z.object({
  title: maybe(z.string().max(256)),
  description: maybe(z.string().max(4096)),
  url: maybe(webUrl.max(2048)),
  timestamp: maybe(
    z.iso.datetime({ offset: true }).transform((text) => new Date(text).toISOString()),
  ),
  color: maybe(z.int().min(0).max(0xffffff)),
  footer: maybe(z.object({ text: z.string().min(1).max(2048), icon_url: maybe(imageUrl) })),
  image: maybe(z.object({ url: imageUrl })),
  thumbnail: maybe(z.object({ url: imageUrl })),
  author: maybe(
    z.object({
      name: z.string().min(1).max(256),
      url: maybe(webUrl.max(2048)),
      icon_url: maybe(imageUrl),
    }),
  ),
  fields: maybe(
    z
      .array(
        z.object({
          name: z.string().min(1).max(256),
          value: z.string().min(1).max(1024),
          inline: z
            .boolean()
            .nullish()
            .transform((inline) => inline ?? false),
        }),
      )
      .max(25),
  ),
});
const embed = embedParts.refine(
  (it) => embedLength(it) > 0 || it.image !== undefined || it.thumbnail !== undefined,
  {
    path: ["description"],
    ...coded("BASE_TYPE_REQUIRED", "This field is required"),
  },
);

export type Embed = z.output<typeof embedParts>;

function embedLength(it: Embed): number {
  const texts = [it.title, it.description, it.footer?.text, it.author?.name];
  const fields = (it.fields ?? []).flatMap((field) => [field.name, field.value]);
  return [...texts, ...fields].join("").length;
}

const allowedMentions = z.object({
  parse: maybe(z.array(z.literal(["roles", "users", "everyone"]))),
  users: maybe(z.array(z.string()).max(100)),
  roles: maybe(z.array(z.string()).max(100)),
  replied_user: maybe(z.boolean()),
});

/** What may be set where a message is made or changed. */
const legalFlags = {
  edit: MessageFlags.SuppressEmbeds,
  channel: MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications,
  reply: MessageFlags.SuppressEmbeds | MessageFlags.SuppressNotifications | MessageFlags.Ephemeral,
};

/** Fields stay nullish: in an edit, null empties a field and absence keeps it. */
function messageForm(legal: number) {
  return z.object({
    content: z.string().max(2000).nullish(),
    embeds: z
      .array(embed)
      .max(10)
      .refine(
        (list) => list.reduce((sum, it) => sum + embedLength(it), 0) <= 6000,
        coded("MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of 6000"),
      )
      .nullish(),
    components: rows.nullish(),
    attachments: z
      .array(
        z.object({
          // The documents' examples use numbers where the specification wants digits in a string.
          id: z.union([z.string(), z.int()]).transform(String),
          filename: maybe(z.string().min(1).max(1024)),
          description: maybe(z.string().max(1024)),
        }),
      )
      .max(10)
      .nullish(),
    allowed_mentions: allowedMentions.nullish(),
    flags: z
      .int()
      .refine((flags) => (flags & MessageFlags.IsComponentsV2) === 0, notPlayed)
      .refine(
        (flags) => (flags & ~(legal | MessageFlags.IsComponentsV2)) === 0,
        coded("MESSAGE_FLAGS_INVALID", "These flags cannot be set here"),
      )
      .nullish(),
    tts: z.boolean().nullish(),
    nonce: z.union([z.string().max(25), z.int()]).nullish(),
    enforce_nonce: z.boolean().nullish(),
    poll: z.never().optional(),
    sticker_ids: z.never().optional(),
    message_reference: z.never().optional(),
  });
}

export type MessageForm = z.output<ReturnType<typeof messageForm>>;

/** Built once: building a form costs many times what reading one does. */
export const messageForms = {
  edit: messageForm(legalFlags.edit),
  channel: messageForm(legalFlags.channel),
  reply: messageForm(legalFlags.reply),
};
/** All that an answer says which only announces a message. */
export const deferredForm = z.object({ flags: messageForm(MessageFlags.Ephemeral).shape.flags });

/** The indices of values seen before. */
export function repeats(values: readonly unknown[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}
