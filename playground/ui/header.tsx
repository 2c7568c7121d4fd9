import type { RefObject } from "react";
import type { Locale } from "../discord.ts";
import { useSession } from "../session.ts";

const languages: readonly (readonly [locale: Locale, short: string, full: string])[] = [
  ["id", "ID", "Bahasa Indonesia"],
  ["en-US", "EN", "English"],
];

interface Props {
  readonly guild: string;
  readonly phoneOpen: boolean;
  readonly toggleRef: RefObject<HTMLButtonElement | null>;
  readonly onLocale: (locale: Locale) => void;
  readonly onPhone: () => void;
}

export function Header({ guild, phoneOpen, toggleRef, onLocale, onPhone }: Props) {
  const { locale, words, user } = useSession();
  return (
    <header className="header">
      <h1>
        {guild} <span className="subtle">{words.playground}</span>
      </h1>
      <span className="who subtle">{user.global_name ?? user.username}</span>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a form's look and meaning */}
      <div className="languages" role="group" aria-label={words.language}>
        {languages.map(([value, short, full]) => (
          <button
            key={value}
            type="button"
            lang={value}
            aria-label={full}
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
