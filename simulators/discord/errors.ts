/** Discord's error bodies: a status, a code, a sentence, and for a bad form where each problem is. */
import type { z } from "zod";

const known = {
  unauthorized: [401, 0, "401: Unauthorized"],
  not_found: [404, 0, "404: Not Found"],
  internal: [500, 0, "500: Internal Server Error"],
  unknown_application: [404, 10002, "Unknown Application"],
  unknown_channel: [404, 10003, "Unknown Channel"],
  unknown_message: [404, 10008, "Unknown Message"],
  unknown_webhook: [404, 10015, "Unknown Webhook"],
  unknown_interaction: [404, 10062, "Unknown interaction"],
  too_many_commands: [400, 30032, "Maximum number of application commands reached (100)"],
  too_large: [413, 40005, "Request entity too large"],
  already_acknowledged: [400, 40060, "Interaction has already been acknowledged."],
  empty_message: [400, 50006, "Cannot send an empty message"],
  closed_to_bots: [403, 50007, "Cannot send messages to this user"],
  invalid_webhook_token: [401, 50027, "Invalid Webhook Token"],
  invalid_recipient: [400, 50033, "Invalid Recipient(s)"],
  invalid_json: [400, 50109, "The request body contains invalid JSON."],
} as const satisfies Record<string, readonly [number, number, string]>;

/** An answer that is not a success; thrown anywhere, written out by the route layer. */
export class Refusal extends Error {
  readonly status: number;
  readonly body: { code: number; message: string; errors?: unknown };

  constructor(status: number, body: Refusal["body"]) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

/** What the person's client will not do: a mistake of the caller, not something Discord says. */
export class ClientMistake extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export type Path = readonly PropertyKey[];
interface Problem {
  path: Path;
  code: string;
  message: string;
}

export function refusal(name: keyof typeof known): Refusal {
  const [status, code, message] = known[name];
  return new Refusal(status, { code, message });
}

export function invalidForm(problems: readonly Problem[]): Refusal {
  const errors: Record<string, unknown> = {};
  for (const { path, code, message } of problems) {
    let node = errors;
    for (const key of path) {
      node[String(key)] ??= {};
      // Every value of the tree but `_errors` is such a record, and no form has a field of that name.
      node = node[String(key)] as Record<string, unknown>;
    }
    const before = Array.isArray(node._errors) ? node._errors : [];
    node._errors = [...before, { code, message }];
  }
  return new Refusal(400, { code: 50035, message: "Invalid Form Body", errors });
}

/** `at` is where the form sits in the body, such as `data` of a callback. */
export function parseForm<T extends z.ZodType>(form: T, value: unknown, at: Path = []) {
  const read = form.safeParse(value, { reportInput: true });
  if (read.success) return read.data;
  throw invalidForm(
    read.error.issues.map((issue) => ({ ...describe(issue), path: [...at, ...issue.path] })),
  );
}

/** The params of a zod refinement that name Discord's own code. */
export function coded(code: string, message: string) {
  return { message, params: { code } };
}

/** For what Discord would accept but this simulator does not play: never pass it in silence. */
export const notPlayed = coded("SIMULATOR_NOT_PLAYED", "The simulator does not play this.");

const wrongType: Record<string, [string, string]> = {
  string: ["STRING_TYPE_CONVERT", "Could not interpret the value as string."],
  number: ["NUMBER_TYPE_COERCE", "Value is not a number."],
  int: ["NUMBER_TYPE_COERCE", "Value is not int."],
  boolean: ["BOOLEAN_TYPE_CONVERT", "Must be either true or false."],
  array: ["LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"],
  object: ["DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType"],
  never: [notPlayed.params.code, notPlayed.message],
};

function describe(issue: z.core.$ZodIssue): { code: string; message: string } {
  const say = (code: string, message: string) => ({ code, message });
  switch (issue.code) {
    case "invalid_type": {
      if (issue.input === undefined) return say("BASE_TYPE_REQUIRED", "This field is required");
      return say(...(wrongType[issue.expected] ?? ["BASE_TYPE_INVALID", issue.message]));
    }
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? say("NUMBER_TYPE_MAX", `Value should be less than or equal to ${issue.maximum}.`)
        : say("BASE_TYPE_MAX_LENGTH", `Must be ${issue.maximum} or fewer in length.`);
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? say("NUMBER_TYPE_MIN", `Value should be greater than or equal to ${issue.minimum}.`)
        : say("BASE_TYPE_MIN_LENGTH", `Must be ${issue.minimum} or more in length.`);
    case "invalid_value":
      if (issue.input === undefined) return say("BASE_TYPE_REQUIRED", "This field is required");
      return say("BASE_TYPE_CHOICES", `Value must be one of {${issue.values.join(", ")}}.`);
    case "invalid_union": {
      const types = "options" in issue && Array.isArray(issue.options) ? issue.options : [];
      return say(
        "UNION_TYPE_CHOICES",
        `Value of field "type" must be one of (${types.join(", ")}).`,
      );
    }
    case "invalid_format":
      return say("STRING_TYPE_REGEX", "String value did not match validation regex.");
    default: {
      const params = issue.code === "custom" ? issue.params : undefined;
      return say(String(params?.code ?? "BASE_TYPE_INVALID"), issue.message);
    }
  }
}
