/** The list that belongs to an input: focus stays in the input, the active entry is only announced. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";

export interface ListboxItem {
  readonly key: string;
  readonly label: string;
  readonly detail?: string | undefined;
}

export interface ListboxControl {
  readonly id: string;
  readonly items: readonly ListboxItem[];
  readonly shown: boolean;
  /** Index of the entry Enter would take; -1 as long as none is proposed. */
  readonly active: number;
  readonly activate: (index: number) => void;
  readonly reset: () => void;
  /** True when an arrow key moved the active entry. */
  readonly move: (event: KeyboardEvent) => boolean;
  readonly comboboxProps: Readonly<{
    role: "combobox";
    "aria-expanded": boolean;
    "aria-controls": string;
    "aria-activedescendant": string | undefined;
  }>;
}

interface Settings {
  readonly items: readonly ListboxItem[];
  readonly open: boolean;
  /** Propose the first entry before any arrow key. */
  readonly proposeFirst: boolean;
}

export function useListbox({ items, open, proposeFirst }: Settings): ListboxControl {
  const id = useId();
  const [moved, setMoved] = useState<number>();
  const shown = open && items.length > 0;
  const active = Math.min(moved ?? (proposeFirst ? 0 : -1), items.length - 1);
  return {
    id,
    items,
    shown,
    active,
    activate: setMoved,
    reset: () => setMoved(undefined),
    move(event) {
      if (!shown || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return false;
      event.preventDefault();
      const last = items.length - 1;
      if (event.key === "ArrowDown") setMoved(active >= last ? 0 : active + 1);
      else setMoved(active <= 0 ? last : active - 1);
      return true;
    },
    comboboxProps: {
      role: "combobox",
      "aria-expanded": shown,
      "aria-controls": id,
      "aria-activedescendant": shown && active >= 0 ? `${id}-${active}` : undefined,
    },
  };
}

interface Props {
  readonly control: ListboxControl;
  readonly label: string;
  readonly onPick: (index: number) => void;
}

export function Listbox({ control, label, onPick }: Props) {
  const { id, items, shown, active, activate } = control;
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (shown) list.current?.scrollIntoView({ block: "nearest" });
  }, [shown]);
  useEffect(() => {
    if (shown) list.current?.children[active]?.scrollIntoView({ block: "nearest" });
  }, [shown, active]);
  if (!shown) return null;
  return (
    <div ref={list} id={id} className="listbox" role="listbox" aria-label={label} tabIndex={-1}>
      {items.map((item, index) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the input that owns the list
        <div
          key={item.key}
          id={`${id}-${index}`}
          className="listbox-option"
          role="option"
          tabIndex={-1}
          aria-selected={index === active}
          onMouseMove={() => activate(index)}
          // The input must not lose focus to the list.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onPick(index)}
        >
          <span>{item.label}</span>
          {item.detail && <span className="subtle">{item.detail}</span>}
        </div>
      ))}
    </div>
  );
}
