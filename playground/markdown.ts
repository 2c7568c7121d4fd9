/** Discord's basic markdown, read into plain data; drawing it is ui/markdown.tsx. */

export type Inline =
  | { readonly kind: "text" | "code" | "block" | "command" | "mention"; readonly text: string }
  | {
      readonly kind: "strong" | "em" | "underline" | "strike";
      readonly children: readonly Inline[];
    }
  | { readonly kind: "link"; readonly url: string; readonly children: readonly Inline[] }
  | { readonly kind: "time"; readonly unixSeconds: number; readonly style: string };

type Rule = readonly [pattern: RegExp, read: (groups: readonly string[]) => Inline];

const span =
  (kind: "strong" | "em" | "underline" | "strike") =>
  ([, inner = ""]: readonly string[]): Inline => ({ kind, children: readMarkdown(inner) });

const plain =
  (kind: "text" | "code" | "block" | "command" | "mention") =>
  ([, text = ""]: readonly string[]): Inline => ({ kind, text });

// Tried in this order at each position; what none of them takes is text.
const rules: readonly Rule[] = [
  [/\\([^A-Za-z0-9\s])/y, plain("text")],
  [/```(?:[\w+-]+\n)?\n?([\s\S]+?)\n?```\n?/y, plain("block")],
  [/``\s?([\s\S]+?)\s?``(?!`)/y, plain("code")],
  [/`([^`]+)`(?!`)/y, plain("code")],
  [/<t:(-?\d{1,12})(?::([tTdDfFR]))?>/y, ([, unix, style]) => time(Number(unix), style)],
  [/<\/([^:>]{1,100}):\d+>/y, plain("command")],
  [/<@!?(\d+)>/y, plain("mention")],
  [
    /\[((?:\\.|[^[\]\\\n])+)\]\(<?(https?:\/\/[^\s<>)]+)>?\)/y,
    ([, label = "", url = ""]) => ({ kind: "link", url, children: readMarkdown(label) }),
  ],
  [/<(https?:\/\/[^\s<>]+)>/y, ([, url = ""]) => bareLink(url)],
  [/(https?:\/\/[^\s<>]*[^\s<>.,:;"'\])!?*_~])/y, ([, url = ""]) => bareLink(url)],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, span("strong")],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, span("underline")],
  [/~~((?:\\[\s\S]|[^\\])+?)~~/y, span("strike")],
  [/\*(?=\S)((?:\\[\s\S]|\*\*|[^\\*])+?)\*(?!\*)/y, span("em")],
  // The word boundaries keep codes such as ML_86_ID whole.
  [/\b_((?:\\[\s\S]|__|[^\\_])+?)_\b/y, span("em")],
];

export function readMarkdown(source: string): Inline[] {
  const found: Inline[] = [];
  let text = "";
  let at = 0;
  const flush = () => {
    if (text) found.push({ kind: "text", text });
    text = "";
  };
  while (at < source.length) {
    const match = matchAt(source, at);
    if (match) {
      const { inline, length } = match;
      if (inline.kind === "text") text += inline.text;
      else {
        flush();
        found.push(inline);
      }
      at += length;
    } else {
      text += source[at];
      at += 1;
    }
  }
  flush();
  return found;
}

function matchAt(source: string, at: number): { inline: Inline; length: number } | undefined {
  for (const [pattern, read] of rules) {
    pattern.lastIndex = at;
    const groups = pattern.exec(source);
    if (groups) return { inline: read(groups), length: groups[0].length };
  }
  return undefined;
}

const time = (unixSeconds: number, style = "f"): Inline => ({ kind: "time", unixSeconds, style });

const bareLink = (url: string): Inline => ({
  kind: "link",
  url,
  children: [{ kind: "text", text: url }],
});
