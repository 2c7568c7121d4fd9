/** A string select that takes one value. Not a native one: there each arrow key would already choose. */
import type { APIStringSelectComponent } from "discord-api-types/v10";
import { type KeyboardEvent, useState } from "react";
import { useSession } from "../session.ts";
import { Listbox, useListbox } from "./listbox.tsx";

interface Props {
  readonly select: APIStringSelectComponent;
  readonly busy: boolean;
  readonly onSelect: (value: string) => void;
}

export function SelectMenu({ select, busy, onSelect }: Props) {
  const { words } = useSession();
  const [open, setOpen] = useState(false);
  const chosen = select.options.find((option) => option.default);
  const name = select.placeholder ?? words.choose;
  const control = useListbox({
    items: select.options.map(({ value, label, description }) => ({
      key: value,
      label,
      detail: description,
    })),
    open,
    proposeFirst: true,
  });

  function pick(index: number) {
    const option = select.options[index];
    setOpen(false);
    if (option) onSelect(option.value);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (control.move(event)) return;
    if (event.key === "Escape" && open) {
      event.stopPropagation();
      setOpen(false);
    } else if (open && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      pick(control.active);
    } else if (event.key === "ArrowDown" && !select.disabled) {
      event.preventDefault();
      setOpen(true);
    }
  }

  return (
    <div className="select">
      <button
        type="button"
        className="button secondary"
        {...control.comboboxProps}
        aria-haspopup="listbox"
        aria-label={chosen ? `${name}: ${chosen.label}` : name}
        aria-busy={busy}
        disabled={select.disabled}
        onClick={() => setOpen(!open)}
        onBlur={() => setOpen(false)}
        onKeyDown={onKeyDown}
      >
        <span className="button-label">{chosen?.label ?? name}</span>
        <span aria-hidden="true">▾</span>
      </button>
      <Listbox control={control} label={name} onPick={pick} />
    </div>
  );
}
