/** Icons: the few marks of the pages, drawn; each stands beside words that say the same. */
import { type Html, html } from "./html.ts";

export type Mark = "done" | "wait" | "back" | "bad" | "unknown" | "none";

const strokes: Readonly<Record<Mark, Html>> = {
  done: html`<path d="m6 10.5 2.7 2.7L14 7.5"/>`,
  wait: html`<path d="M10 6v4.2l2.7 1.8"/>`,
  back: html`<path d="M8.5 6 6 8.5 8.5 11M6 8.5h5a2.7 2.7 0 0 1 0 5.4H8"/>`,
  bad: html`<path d="M10 5.8v5M10 13.9v.1"/>`,
  unknown: html`<path d="M7.9 8a2.2 2.2 0 1 1 3.2 2c-.8.4-1.1.9-1.1 1.7M10 14v.1"/>`,
  none: html`<path d="M7 10h6"/>`,
};

export function icon(mark: Mark): Html {
  return html`<svg class="icon ${mark}" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><circle cx="10" cy="10" r="9"/>${strokes[mark]}</svg>`;
}
