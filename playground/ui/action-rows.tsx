/** Buttons and selects under a message: one interaction at a time for each message. */
import type { APIButtonComponent } from "discord-api-types/v10";
import { useState } from "react";
import type { Message } from "../discord.ts";
import { useSession } from "../session.ts";
import { SelectMenu } from "./select-menu.tsx";

const looks: Readonly<Record<number, string>> = {
  1: "primary",
  2: "secondary",
  3: "success",
  4: "danger",
};

export function ActionRows({ message }: { readonly message: Message }) {
  const { perform, words } = useSession();
  const [pending, setPending] = useState<string>();
  const [failed, setFailed] = useState(false);
  const rows = (message.components ?? []).filter((row) => row.type === 1);
  if (rows.length === 0) return null;

  async function send(component_type: 2 | 3, custom_id: string, values?: readonly string[]) {
    if (pending) return;
    setPending(custom_id);
    setFailed(false);
    const answer = await perform({
      type: 3,
      message_id: message.id,
      data: values ? { component_type, custom_id, values } : { component_type, custom_id },
    });
    setPending(undefined);
    setFailed(answer.status === "failed");
  }

  return (
    <div className="action-rows">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no id and keep their order
        <div key={index} className="action-row">
          {row.components.map((component, place) => {
            if (component.type === 2) {
              return (
                <Button
                  // biome-ignore lint/suspicious/noArrayIndexKey: a button that takes another's place keeps its focus
                  key={place}
                  button={component}
                  pending={pending}
                  onPress={(id) => send(2, id)}
                />
              );
            }
            if (component.type === 3) {
              return (
                <SelectMenu
                  key={component.custom_id}
                  select={component}
                  busy={pending === component.custom_id}
                  onSelect={(value) => send(3, component.custom_id, [value])}
                />
              );
            }
            return null;
          })}
        </div>
      ))}
      {failed && (
        <p className="failed" role="alert">
          {words.failed}
        </p>
      )}
    </div>
  );
}

interface ButtonProps {
  readonly button: APIButtonComponent;
  readonly pending: string | undefined;
  readonly onPress: (customId: string) => void;
}

function Button({ button, pending, onPress }: ButtonProps) {
  const { words } = useSession();
  // Premium buttons sell Discord's own goods; this world has none.
  if (button.style === 6) return null;
  const emoji = button.emoji && !button.emoji.id ? `${button.emoji.name} ` : "";
  const label = (
    <>
      {emoji && <span aria-hidden="true">{emoji}</span>}
      {button.label}
    </>
  );
  if (button.style === 5) {
    return (
      <a className="button link" href={button.url} target="_blank" rel="noreferrer">
        {label}
        <span aria-hidden="true"> ↗</span>
        <span className="hidden"> {words.newTab}</span>
      </a>
    );
  }
  const busy = pending === button.custom_id;
  return (
    <button
      type="button"
      className={`button ${looks[button.style]}`}
      disabled={button.disabled}
      // Not `disabled` while it waits: that would take the keyboard's focus away.
      aria-busy={busy}
      aria-disabled={pending !== undefined}
      onClick={() => onPress(button.custom_id)}
    >
      <span className="button-label">{label}</span>
    </button>
  );
}
