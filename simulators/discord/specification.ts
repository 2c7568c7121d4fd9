/**
 * Specification: what Discord's own OpenAPI file says of each request and answer (discord-api-spec), for
 * tests. Once as it is, and once with every field refused that it does not name: that finds the typos.
 */
import assert from "node:assert/strict";
import * as spec from "discord-api-spec/zod";
import { z } from "zod";

const callbacks = new Map<unknown, z.core.$ZodType>([
  [4, spec.CreateMessageInteractionCallbackRequestSchema],
  [5, spec.CreateMessageInteractionCallbackRequestSchema],
  [6, spec.UpdateMessageInteractionCallbackRequestSchema],
  [7, spec.UpdateMessageInteractionCallbackRequestSchema],
  [8, spec.ApplicationCommandAutocompleteCallbackRequestSchema],
  [9, spec.ModalInteractionCallbackRequestSchema],
]);
const message = spec.MessageResponseSchema;
const specified: [RegExp, request: z.core.$ZodType | null, response: z.core.$ZodType | null][] = [
  [/^GET .*\/gateway\/bot/, null, spec.GatewayBotResponseSchema],
  [/^GET .*\/users\/@me$/, null, spec.UserPIIResponseSchema],
  [/^GET .*\/applications\/@me$/, null, spec.PrivateApplicationResponseSchema],
  [
    /^PUT .*\/commands$/,
    z.array(spec.ApplicationCommandUpdateRequestSchema),
    z.array(spec.ApplicationCommandResponseSchema),
  ],
  [/^GET .*\/commands/, null, z.array(spec.ApplicationCommandResponseSchema)],
  [/^POST .*\/callback/, null, spec.InteractionCallbackResponseSchema],
  [/^POST .*\/users\/@me\/channels/, null, spec.PrivateChannelResponseSchema],
  [
    /^GET .*\/channels\/\d+$/,
    null,
    z.union([spec.GuildChannelResponseSchema, spec.PrivateChannelResponseSchema]),
  ],
  [/^POST .*\/channels\/\d+\/messages/, spec.MessageCreateRequestSchema, message],
  [/^PATCH .*\/channels\//, spec.MessageEditRequestPartialSchema, message],
  [/^GET .*\/webhooks\//, null, message],
  [/^PATCH .*\/webhooks\//, spec.IncomingWebhookUpdateRequestPartialSchema, message],
  [/^DELETE .*\/webhooks\//, null, null],
  [/^POST .*\/webhooks\//, spec.IncomingWebhookRequestPartialSchema, message],
];

/** A request of the bot with its answer. */
export interface Exchange {
  /** `POST /discord/api/v10/channels/1/messages`, decoded. */
  readonly route: string;
  readonly sent: unknown;
  readonly status: number;
  readonly received: unknown;
}

/** Throws unless both sides are what the specification says. `strictly`: and the request nothing else. */
export function hold(exchange: Exchange, { strictly = false } = {}): void {
  const { route, sent, status, received } = exchange;
  const rule = specified.find(([pattern]) => pattern.test(route));
  assert.ok(rule, `unspecified: ${route}`);
  const [, wanted, response] = rule;
  if (status >= 400) {
    conforms(spec.ErrorResponseSchema, received);
    return;
  }
  const callback = /\/callback(\?|$)/.test(route);
  const request = callback ? (callbacks.get(Object(sent).type) ?? z.never()) : wanted;
  if (request) {
    conforms(request, sent);
    if (strictly) conforms(strict(request), sent);
  }
  if (received !== undefined && response) conforms(response, received);
}

export function conforms(schema: z.core.$ZodType, value: unknown): void {
  const read = z.safeParse(schema, value);
  assert.ok(read.success, `${read.error && z.prettifyError(read.error)}\n${JSON.stringify(value)}`);
}

const stricter = new WeakMap<z.core.$ZodType, z.core.$ZodType>();

/** The same schema, but every object of it takes the fields that it names and no others. */
function strict(schema: z.core.$ZodType): z.core.$ZodType {
  const known = stricter.get(schema) ?? strictCopy(schema);
  stricter.set(schema, known);
  return known;
}

function strictCopy(schema: z.core.$ZodType): z.core.$ZodType {
  const known = schema as z.core.$ZodTypes; // which is all of them
  const { def } = known._zod;
  const copy = (changes: object) => z.clone(schema, { ...def, ...changes });
  switch (def.type) {
    case "object": {
      const fields = Object.entries(def.shape);
      // An object without fields is one of which nothing is said.
      if (fields.length === 0) return schema;
      const shape = Object.fromEntries(fields.map(([name, field]) => [name, strict(field)]));
      return copy({ shape, catchall: z.never() });
    }
    case "array":
      return copy({ element: strict(def.element) });
    case "union":
      return copy({ options: def.options.map(strict) });
    case "optional":
    case "nullable":
      return copy({ innerType: strict(def.innerType) });
    case "lazy":
      // Not a copy: that would bring along what the original has found already.
      return z.lazy(() => strict(def.getter()));
    default:
      return schema;
  }
}
