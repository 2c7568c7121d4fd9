/** A modal the bot opened: its fields, checked by the limits it gave, then sent as one answer. */
import type { APITextInputComponent } from "discord-api-types/v10";
import { type FormEvent, useId, useLayoutEffect, useRef, useState } from "react";
import type { Modal } from "../discord.ts";
import { useSession } from "../session.ts";
import { Markdown } from "./markdown.tsx";

const PARAGRAPH = 2;

interface Props {
  readonly id: string;
  readonly modal: Modal;
  readonly onClose: () => void;
}

interface ModalField {
  readonly label: string;
  readonly description: string | undefined;
  readonly input: APITextInputComponent;
}

/** Text inputs inside labels are what the shop uses; other modal parts are not drawn. */
const fieldsOf = (modal: Modal): ModalField[] =>
  modal.components.flatMap((part) =>
    part.type === 18 && part.component.type === 4
      ? [{ label: part.label, description: part.description, input: part.component }]
      : [],
  );

export function ModalDialog({ id, modal, onClose }: Props) {
  const { words, perform } = useSession();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const fields = fieldsOf(modal);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(fields.map(({ input }) => [input.custom_id, input.value ?? ""])),
  );
  const [checked, setChecked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    element?.querySelector<HTMLElement>("input, textarea")?.focus();
    // Only closing gives focus back to where it was, and only while the dialog is still in the page.
    return () => element?.close();
  }, []);

  function problemOf({ input }: ModalField): string | undefined {
    const value = (values[input.custom_id] ?? "").trim();
    if (!value) return input.required === false ? undefined : words.required;
    const shortest = input.min_length ?? 0;
    return value.length < shortest ? words.tooShort(shortest) : undefined;
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (busy) return;
    setChecked(true);
    const wrong = fields.find(problemOf);
    if (wrong) {
      dialog.current?.querySelector<HTMLElement>(`[name="${wrong.input.custom_id}"]`)?.focus();
      return;
    }
    setBusy(true);
    setFailed(false);
    const components = fields.map(({ input }) => ({
      type: 18 as const,
      component: {
        type: 4 as const,
        custom_id: input.custom_id,
        value: values[input.custom_id] ?? "",
      },
    }));
    const data = { custom_id: modal.custom_id, components };
    const answer = await perform({ type: 5, modal_id: id, data });
    setBusy(false);
    if (answer.status === "failed") setFailed(true);
    else onClose();
  }

  return (
    <dialog
      ref={dialog}
      className="modal"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <form onSubmit={submit} noValidate>
        <h2 id={titleId}>{modal.title}</h2>
        {modal.components.map(
          (part, index) =>
            part.type === 10 && (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a modal never change
              <div key={index} className="content">
                <Markdown text={part.content} />
              </div>
            ),
        )}
        {fields.map((field) => (
          <TextField
            key={field.input.custom_id}
            field={field}
            value={values[field.input.custom_id] ?? ""}
            problem={checked ? problemOf(field) : undefined}
            onValue={(value) => setValues({ ...values, [field.input.custom_id]: value })}
          />
        ))}
        <p className="failed" role="alert">
          {failed ? words.failed : ""}
        </p>
        <div className="modal-buttons">
          <button type="button" className="button secondary" onClick={onClose}>
            {words.cancel}
          </button>
          <button type="submit" className="button primary" aria-busy={busy}>
            <span className="button-label">{words.submit}</span>
          </button>
        </div>
      </form>
    </dialog>
  );
}

interface TextFieldProps {
  readonly field: ModalField;
  readonly value: string;
  readonly problem: string | undefined;
  readonly onValue: (value: string) => void;
}

function TextField({ field, value, problem, onValue }: TextFieldProps) {
  const { words } = useSession();
  const id = useId();
  const { input, label, description } = field;
  const shared = {
    id,
    name: input.custom_id,
    value,
    placeholder: input.placeholder,
    maxLength: input.max_length,
    autoComplete: "off",
    "aria-required": input.required !== false,
    "aria-invalid": problem !== undefined,
    "aria-describedby": `${id}-about ${id}-problem`,
  };
  return (
    <div className="modal-field">
      <label htmlFor={id}>
        {label} {input.required === false && <span className="subtle">{words.optional}</span>}
      </label>
      {description && (
        <p id={`${id}-about`} className="subtle">
          {description}
        </p>
      )}
      {input.style === PARAGRAPH ? (
        <textarea {...shared} rows={4} onChange={(event) => onValue(event.target.value)} />
      ) : (
        <input {...shared} type="text" onChange={(event) => onValue(event.target.value)} />
      )}
      <p id={`${id}-problem`} className="failed">
        {problem}
      </p>
    </div>
  );
}
