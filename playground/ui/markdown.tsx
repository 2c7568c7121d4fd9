/** Draws Discord markdown as inert React nodes; whatever is in a message stays text. */
import { Fragment } from "react";
import { formatRelative, formatTime } from "../format.ts";
import { type Inline, readMarkdown } from "../markdown.ts";
import { useNow, useSession } from "../session.ts";

export function Markdown({ text }: { readonly text: string }) {
  return <Inlines inlines={readMarkdown(text)} />;
}

function Inlines({ inlines }: { readonly inlines: readonly Inline[] }) {
  return inlines.map((inline, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no identity but their place
    <Fragment key={index}>
      <OneInline inline={inline} />
    </Fragment>
  ));
}

function OneInline({ inline }: { readonly inline: Inline }) {
  switch (inline.kind) {
    case "text":
      return inline.text;
    case "code":
      return <code>{inline.text}</code>;
    case "block":
      return (
        <pre>
          <code>{inline.text}</code>
        </pre>
      );
    case "command":
      return <CommandLink name={inline.text} />;
    case "mention":
      return <Mention userId={inline.text} />;
    case "time":
      return <Timestamp {...inline} />;
    case "link":
      return (
        <a href={inline.url} target="_blank" rel="noreferrer">
          <Inlines inlines={inline.children} />
        </a>
      );
    case "strong":
      return (
        <strong>
          <Inlines inlines={inline.children} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inlines inlines={inline.children} />
        </em>
      );
    case "underline":
      return (
        <u>
          <Inlines inlines={inline.children} />
        </u>
      );
    case "strike":
      return (
        <s>
          <Inlines inlines={inline.children} />
        </s>
      );
    default:
      return inline satisfies never;
  }
}

function CommandLink({ name }: { readonly name: string }) {
  const { offerCommand } = useSession();
  return (
    <button type="button" className="command-link" onClick={() => offerCommand(`/${name}`)}>
      /{name}
    </button>
  );
}

function Mention({ userId }: { readonly userId: string }) {
  const { user } = useSession();
  const name = userId === user.id ? (user.global_name ?? user.username) : userId;
  return <span className="mention">@{name}</span>;
}

function Timestamp({
  unixSeconds,
  style,
}: {
  readonly unixSeconds: number;
  readonly style: string;
}) {
  const { locale } = useSession();
  const now = useNow();
  const ms = unixSeconds * 1000;
  // Inside a live region: without "off" every tick would be read aloud.
  return (
    <time
      className="stamp"
      aria-live="off"
      dateTime={new Date(ms).toISOString()}
      title={formatTime(ms, "F", locale)}
    >
      {style === "R" ? formatRelative(ms, now, locale) : formatTime(ms, style, locale)}
    </time>
  );
}
