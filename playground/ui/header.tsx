import type { RefObject } from "react";
import type { Locale, User } from "../discord.ts";
import { useSession } from "../session.ts";

const languages: readonly (readonly [locale: Locale, short: string, full: string])[] = [
  ["id", "ID", "Bahasa Indonesia"],
  ["en-US", "EN", "English"],
];

interface Props {
  readonly guild: string;
  readonly users: readonly User[];
  readonly onUser: (id: string) => void;
  readonly phoneOpen: boolean;
  readonly toggleRef: RefObject<HTMLButtonElement | null>;
  readonly onLocale: (locale: Locale) => void;
  readonly onPhone: () => void;
}

export function Header({ guild, users, phoneOpen, toggleRef, onUser, onLocale, onPhone }: Props) {
  const { locale, words, user } = useSession();
  return (
    <header className="header">
      <h1>
        {guild} <span className="subtle">{words.playground}</span>
      </h1>
      <select
        className="who"
        aria-label={words.who}
        value={user.id}
        onChange={(event) => onUser(event.target.value)}
      >
        {users.map((one) => (
          <option key={one.id} value={one.id}>
            {one.global_name ?? one.username}
          </option>
        ))}
      </select>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's look and meaning */}
      <div className="languages" role="group" aria-label={words.language}>
        {languages.map(([value, short, full]) => (
          <button
            key={value}
            type="button"
            lang={value}
            aria-label={`${short}: ${full}`}
            aria-pressed={value === locale}
            onClick={() => onLocale(value)}
          >
            {short}
          </button>
        ))}
      </div>
      <button
        ref={toggleRef}
        type="button"
        className="phone-toggle"
        aria-expanded={phoneOpen}
        aria-controls="phone"
        onClick={onPhone}
      >
        {words.phoneToggle}
      </button>
    </header>
  );
}
