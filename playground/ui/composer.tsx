/** The input at the bottom: a line to type, and once a command is chosen, its options as fields. */
import {
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { complete, type Draft, orderedOptions, readLine } from "../command-line.ts";
import { type Command, nameOf } from "../discord.ts";
import { useSession } from "../session.ts";
import { LineInput } from "./line-input.tsx";
import { OptionField } from "./option-field.tsx";

export interface Offer {
  readonly line: string;
}

interface Chosen {
  readonly command: Command;
  readonly draft: Draft;
}

interface Props {
  readonly commands: readonly Command[];
  readonly offer: Offer | undefined;
}

export function Composer({ commands, offer }: Props) {
  const { locale, words, perform } = useSession();
  const [line, setLine] = useState("");
  const [chosen, setChosen] = useState<Chosen>();
  const [status, setStatus] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  // A new object each time, so that asking for the same field twice focuses it twice.
  const [focus, setFocus] = useState<{ readonly option?: string }>();

  // Before the effects of a modal that opens with the same answer: it must find the input focused, to give it back.
  useLayoutEffect(() => {
    if (!focus || !form.current) return;
    const named = focus.option && `[data-option="${focus.option}"]`;
    const first = form.current.querySelector<HTMLElement>(named || "[data-empty=true]");
    (first ?? form.current.querySelector<HTMLElement>("button[type=submit]"))?.focus();
  }, [focus]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: an offer is taken once, when it is made
  useEffect(() => {
    if (!offer) return;
    const read = readLine(offer.line, commands, locale);
    // Nothing typed after the name yet: the fields say best what comes next.
    if (read && Object.keys(read.draft).length === 0) choose(read);
    else reset(offer.line);
  }, [offer]);

  function reset(text: string) {
    setChosen(undefined);
    setLine(text);
    setStatus("");
    setFocus({});
  }

  function choose(next: Chosen) {
    setChosen(next);
    setStatus("");
    setFocus({});
  }

  async function send(next: Chosen) {
    const completed = complete(next.command, next.draft, locale);
    if (completed.outcome !== "ready") {
      const name = nameOf(completed.option, locale);
      setChosen(next);
      setFocus({ option: completed.option.name });
      const problems = {
        missing: words.missing,
        not_a_choice: words.notAChoice,
        not_a_number: words.notANumber,
      };
      setStatus(problems[completed.outcome](name));
      return;
    }
    setBusy(true);
    setStatus("");
    const data = { name: next.command.name, options: completed.options };
    const answer = await perform({ type: 2, data });
    setBusy(false);
    // What was typed stays, so that a second try is one key.
    if (answer.status === "failed") setStatus(words.failed);
    else reset("");
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    if (chosen) {
      send(chosen);
      return;
    }
    if (!line.trim()) return;
    const read = readLine(line, commands, locale);
    if (!line.startsWith("/")) setStatus(words.onlyCommands);
    else if (read) send(read);
    else setStatus(commands.length > 0 ? words.unknownCommand : words.noBot);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape" && chosen) reset("");
  }

  return (
    <form ref={form} className="composer" onSubmit={submit} onKeyDown={onKeyDown}>
      <div className="composer-bar">
        {chosen ? (
          <CommandFields
            chosen={chosen}
            busy={busy}
            onDraft={(draft) => {
              setChosen({ ...chosen, draft });
              setStatus("");
            }}
            onCancel={() => reset("")}
          />
        ) : (
          <LineInput
            commands={commands}
            line={line}
            busy={busy}
            onLine={(text) => {
              setLine(text);
              setStatus("");
            }}
            onChoose={(command) => choose({ command, draft: {} })}
          />
        )}
        <button type="submit" className="button primary" aria-busy={busy}>
          <span className="button-label">{words.send}</span>
        </button>
      </div>
      <p className={status ? "composer-status failed" : "composer-status"} role="status">
        {status || (chosen ? "" : usageOf(line))}
      </p>
    </form>
  );

  /** While a whole line is typed: what the command takes, in its order. */
  function usageOf(text: string) {
    const command =
      text.startsWith("/") && text.includes(" ") && readLine(text, commands, locale)?.command;
    if (!command) return "";
    const parts = orderedOptions(command).map((option) => {
      const name = nameOf(option, locale);
      return option.required ? name : `[${name}]`;
    });
    return [`/${nameOf(command, locale)}`, ...parts].join(" ");
  }
}

interface CommandFieldsProps {
  readonly chosen: Chosen;
  readonly busy: boolean;
  readonly onDraft: (draft: Draft) => void;
  readonly onCancel: () => void;
}

function CommandFields({ chosen, busy, onDraft, onCancel }: CommandFieldsProps) {
  const { locale, words } = useSession();
  const { command, draft } = chosen;
  const name = `/${nameOf(command, locale)}`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be laid out as a row everywhere
    <div className="fields-row" role="group" aria-label={name}>
      <button
        type="button"
        className="chip"
        aria-label={words.cancelCommand(name)}
        onClick={onCancel}
      >
        {name} <span aria-hidden="true">×</span>
      </button>
      {orderedOptions(command).map((option) => (
        <OptionField
          key={`${command.name} ${option.name}`}
          command={command}
          option={option}
          draft={draft}
          busy={busy}
          onValue={(value) => onDraft({ ...draft, [option.name]: value })}
        />
      ))}
    </div>
  );
}
