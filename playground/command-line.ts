/** What a person typed, read as a slash command: pure, so every rule here needs no browser. */
import {
  type Command,
  type CommandOption,
  type Locale,
  nameOf,
  type OptionValue,
} from "./discord.ts";

/** One option as typed; `value` is there once a choice was picked, and differs from its name. */
export interface DraftValue {
  readonly text: string;
  readonly value?: string | number;
}
export type Draft = Readonly<Partial<Record<string, DraftValue>>>;

export type Completed =
  | { readonly outcome: "ready"; readonly options: readonly OptionValue[] }
  | {
      readonly outcome: "missing" | "not_a_choice" | "not_a_number";
      readonly option: CommandOption;
    };

const BOOLEAN = 5;
const numeric = new Set([4, 10]);

/** Discord asks for required options first in the definition, but a client must not rely on it. */
export const orderedOptions = (command: Command): readonly CommandOption[] =>
  (command.options ?? []).toSorted(
    (a, b) => Number(b.required ?? false) - Number(a.required ?? false),
  );

/** Commands for the list under the input, as long as only a name is being typed. */
export function matchingCommands(
  commands: readonly Command[],
  line: string,
  locale: Locale,
): readonly Command[] {
  const typed = /^\/(\S*)$/.exec(line)?.[1]?.toLowerCase();
  if (typed === undefined) return [];
  const rank = (command: Command) => {
    const names = [nameOf(command, locale), command.name];
    if (names.some((name) => name.startsWith(typed))) return 0;
    return names.some((name) => name.includes(typed)) ? 1 : 2;
  };
  return commands
    .filter((command) => rank(command) < 2)
    .toSorted(
      (a, b) => rank(a) - rank(b) || nameOf(a, locale).localeCompare(nameOf(b, locale), locale),
    );
}

/** `/cek ml 123 2001`, `/price game:ml`, `/topup game:"Mobile Legends"`: by name or by position. */
export function readLine(
  line: string,
  commands: readonly Command[],
  locale: Locale,
): { readonly command: Command; readonly draft: Draft } | undefined {
  const [name, ...words] = wordsOf(line.trim().replace(/^\//, ""));
  const command = commands.find(
    (entry) => entry.name === name?.toLowerCase() || nameOf(entry, locale) === name?.toLowerCase(),
  );
  if (!command) return undefined;

  const draft: Record<string, DraftValue> = {};
  const options = orderedOptions(command);
  const positional: string[] = [];
  for (const word of words) {
    const [, key, rest = ""] = /^([^\s:]+):(.*)$/s.exec(word) ?? [];
    const named = options.find((entry) => entry.name === key || nameOf(entry, locale) === key);
    if (named) draft[named.name] = { text: rest };
    else positional.push(word);
  }
  const open = options.filter((entry) => !draft[entry.name]);
  for (const [index, option] of open.entries()) {
    // The last option takes all words that are left, so a name of two words needs no quotes.
    const last = index === open.length - 1;
    const text = last ? positional.slice(index).join(" ") : positional[index];
    if (text) draft[option.name] = { text };
  }
  return { command, draft };
}

/** The draft as Discord's option values, or the first thing that keeps it from being sent. */
export function complete(command: Command, draft: Draft, locale: Locale): Completed {
  const values: OptionValue[] = [];
  for (const option of orderedOptions(command)) {
    const entered = draft[option.name];
    if (!entered?.text.trim()) {
      if (option.required) return { outcome: "missing", option };
      continue;
    }
    const value = sentValue(option, entered, locale);
    if (value === undefined) {
      return { outcome: numeric.has(option.type) ? "not_a_number" : "not_a_choice", option };
    }
    values.push({ name: option.name, type: option.type, value });
  }
  return { outcome: "ready", options: values };
}

/** For autocomplete the draft goes as it is: Discord sends half-typed input too. */
export function draftOptions(command: Command, draft: Draft, focused: string): OptionValue[] {
  return orderedOptions(command).flatMap((option) => {
    const entered = draft[option.name];
    if (!entered?.text && option.name !== focused) return [];
    const value = entered?.value ?? entered?.text ?? "";
    const sent = { name: option.name, type: option.type, value };
    return [option.name === focused ? { ...sent, focused: true as const } : sent];
  });
}

function sentValue(option: CommandOption, entered: DraftValue, locale: Locale) {
  const text = entered.text.trim();
  const lower = text.toLowerCase();
  if (option.choices?.length) {
    if (entered.value !== undefined) return entered.value;
    return option.choices.find((choice) =>
      [String(choice.value), choice.name, nameOf(choice, locale)].some(
        (name) => name.toLowerCase() === lower,
      ),
    )?.value;
  }
  if (option.type === BOOLEAN) {
    if (["true", "ya", "yes"].includes(lower)) return true;
    return ["false", "tidak", "no"].includes(lower) ? false : undefined;
  }
  if (entered.value !== undefined) return entered.value;
  if (!numeric.has(option.type)) return text;
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** Words apart at spaces; quotes hold a word together, also after `name:`. */
const wordsOf = (line: string) =>
  (line.match(/[^\s:"]+:"[^"]*"|"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ""));
