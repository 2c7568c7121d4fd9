/** Texts: the sentences of a reader's language. */
import { en } from "./en.ts";
import { id, type Texts } from "./id.ts";

export type Locale = "id" | "en";
export type { Texts };

const byLocale: Readonly<Record<Locale, Texts>> = { id, en };

export const textsFor = (locale: Locale): Texts => byLocale[locale];
