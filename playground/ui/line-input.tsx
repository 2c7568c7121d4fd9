/** The line that takes a slash command, with the list of commands while its name is typed. */
import { type KeyboardEvent, useState } from "react";
import { matchingCommands } from "../command-line.ts";
import { type Command, descriptionOf, nameOf } from "../discord.ts";
import { useSession } from "../session.ts";
import { Listbox, useListbox } from "./listbox.tsx";

interface Props {
  readonly commands: readonly Command[];
  readonly line: string;
  readonly busy: boolean;
  readonly onLine: (line: string) => void;
  readonly onChoose: (command: Command) => void;
}

export function LineInput({ commands, line, busy, onLine, onChoose }: Props) {
  const { locale, words } = useSession();
  const [open, setOpen] = useState(false);
  const matches = matchingCommands(commands, line, locale);
  const control = useListbox({
    items: matches.map((command) => ({
      key: command.id,
      label: `/${nameOf(command, locale)}`,
      detail: descriptionOf(command, locale),
    })),
    open,
    proposeFirst: true,
  });

  function pick(index: number) {
    const command = matches[index];
    if (command) onChoose(command);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!control.shown || control.move(event)) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      setOpen(false);
      return;
    }
    const takes = event.key === "Enter" || (event.key === "Tab" && !event.shiftKey);
    const active = matches[control.active];
    if (!takes || !active) return;
    // A command without options, typed in full, is complete: Enter sends it.
    const complete = line === `/${nameOf(active, locale)}` && !active.options?.length;
    if (event.key === "Enter" && complete) return;
    event.preventDefault();
    onChoose(active);
  }

  return (
    <>
      <input
        className="line"
        type="text"
        aria-label={words.linePlaceholder}
        placeholder={words.linePlaceholder}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        enterKeyHint="send"
        {...control.comboboxProps}
        aria-autocomplete="list"
        data-empty="true"
        readOnly={busy}
        value={line}
        onChange={(event) => {
          onLine(event.target.value);
          control.reset();
          setOpen(true);
        }}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      />
      <Listbox control={control} label={words.commands} onPick={pick} />
      {open && line === "/" && commands.length === 0 && <p className="listbox">{words.noBot}</p>}
    </>
  );
}
