/** One option of a command: free text, fixed choices, or suggestions that the bot makes as one types. */
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { type Draft, type DraftValue, draftOptions } from "../command-line.ts";
import {
  type Choice,
  type Command,
  type CommandOption,
  descriptionOf,
  nameOf,
} from "../discord.ts";
import { useSession } from "../session.ts";
import { Listbox, useListbox } from "./listbox.tsx";

const DEBOUNCE_MS = 120;
const BOOLEAN = 5;
const nothingTyped: DraftValue = { text: "" };

interface Props {
  readonly command: Command;
  readonly option: CommandOption;
  readonly draft: Draft;
  readonly busy: boolean;
  readonly onValue: (value: DraftValue) => void;
}

export function OptionField({ command, option, draft, busy, onValue }: Props) {
  const { locale, words, perform } = useSession();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [open, setOpen] = useState(false);
  const [suggested, setSuggested] = useState<{ text: string; choices: readonly Choice[] }>();
  const [awaited, setAwaited] = useState(false);

  const entered = draft[option.name] ?? nothingTyped;
  const picked = entered.value !== undefined;
  const choices = option.autocomplete ? (suggested?.choices ?? []) : fixedChoices();
  const stale = option.autocomplete === true && !picked && suggested?.text !== entered.text;
  const control = useListbox({
    items: choices.map((choice) => ({
      key: String(choice.value),
      label: nameOf(choice, locale),
    })),
    open: open && !picked,
    // An empty field proposes nothing: Enter and Tab must be able to leave it empty.
    proposeFirst: entered.text !== "",
  });

  const arrive = useEffectEvent((found: readonly Choice[]) => {
    setSuggested({ text: entered.text, choices: found });
    if (awaited) pick(found[0]);
    setAwaited(false);
  });
  useEffect(() => {
    if (!option.autocomplete || picked || !(open || awaited)) return;
    let outdated = false;
    const timer = window.setTimeout(async () => {
      const options = draftOptions(command, draft, option.name);
      const answer = await perform({ type: 4, data: { name: command.name, options } });
      if (outdated) return;
      arrive(answer.status === "acknowledged" ? (answer.choices ?? []) : []);
    }, DEBOUNCE_MS);
    return () => {
      outdated = true;
      window.clearTimeout(timer);
    };
  }, [awaited, command, draft, open, option, perform, picked]);

  function fixedChoices(): readonly Choice[] {
    const all =
      option.type === BOOLEAN
        ? [
            { name: words.yes, value: "true" },
            { name: words.no, value: "false" },
          ]
        : (option.choices ?? []);
    const typed = entered.text.toLowerCase();
    return all.filter((choice) => nameOf(choice, locale).toLowerCase().includes(typed));
  }

  function pick(choice: Choice | undefined) {
    if (!choice) return;
    onValue({ text: nameOf(choice, locale), value: choice.value });
    control.reset();
  }

  function pickAndMoveOn(choice: Choice | undefined) {
    pick(choice);
    const fields = input.current?.form?.querySelectorAll<HTMLInputElement>("[data-option]") ?? [];
    [...fields].find((field) => field !== input.current && field.value === "")?.focus();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (control.move(event)) return;
    if (event.key === "Escape" && control.shown) {
      event.stopPropagation();
      setOpen(false);
      return;
    }
    const tab = event.key === "Tab" && !event.shiftKey;
    if (!tab && event.key !== "Enter") return;
    if (stale && open && entered.text) {
      // The list still answers an older text; what it will propose for this one is taken on arrival.
      setAwaited(true);
      if (!tab) event.preventDefault();
    } else if (control.shown && control.active >= 0) {
      const choice = choices[control.active];
      if (tab) pick(choice);
      else {
        event.preventDefault();
        pickAndMoveOn(choice);
      }
    }
  }

  const name = nameOf(option, locale);
  const lists = option.autocomplete || option.choices?.length || option.type === BOOLEAN;
  return (
    <div className="option">
      <label htmlFor={id}>
        {name} {!option.required && <span className="subtle">{words.optional}</span>}
      </label>
      <input
        ref={input}
        id={id}
        type="text"
        data-option={option.name}
        data-empty={entered.text === ""}
        title={descriptionOf(option, locale)}
        placeholder={descriptionOf(option, locale)}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="send"
        aria-required={option.required ?? false}
        {...(lists ? { ...control.comboboxProps, "aria-autocomplete": "list" as const } : {})}
        aria-busy={stale && open}
        readOnly={busy}
        value={entered.text}
        onChange={(event) => {
          onValue({ text: event.target.value });
          setAwaited(false);
          control.reset();
          setOpen(true);
        }}
        onFocus={(event) => {
          setOpen(true);
          event.target.select();
        }}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      {lists && (
        <Listbox
          control={control}
          label={`${words.suggestions}: ${name}`}
          onPick={(index) => pickAndMoveOn(choices[index])}
        />
      )}
    </div>
  );
}
