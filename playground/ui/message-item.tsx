import { memo, useEffect, useRef } from "react";
import type { Message } from "../discord.ts";
import { formatTime } from "../format.ts";
import { loosePictures } from "../images.ts";
import { useSession } from "../session.ts";
import { ActionRows } from "./action-rows.tsx";
import { EmbedCard } from "./embed-card.tsx";
import { Markdown } from "./markdown.tsx";
import { PictureFrame } from "./picture-frame.tsx";

const EPHEMERAL = 64;
const LOADING = 128;

interface Props {
  readonly message: Message;
  /** Where it stands when not in the channel: the staff's, by its name, or the direct messages. */
  readonly place: "direct" | string | undefined;
}

export const MessageItem = memo(function MessageItem({ message, place }: Props) {
  const { locale, words } = useSession();
  const article = useFocusKept(message);
  const flags = Number(message.flags ?? 0);
  const author = message.author.global_name ?? message.author.username;
  const origin = commandOf(message);
  const ms = Date.parse(message.timestamp);

  return (
    <article
      ref={article}
      className="message"
      tabIndex={-1}
      aria-label={`${author}, ${formatTime(ms, "t", locale)}`}
      data-ephemeral={(flags & EPHEMERAL) !== 0}
    >
      {origin && <p className="origin subtle">↱ {words.used(origin.user, origin.command)}</p>}
      <span className="avatar" aria-hidden="true" data-bot={message.author.bot === true}>
        {author.slice(0, 1).toUpperCase()}
      </span>
      <p className="byline">
        <strong>{author}</strong>
        {message.author.bot && <span className="badge">{words.app}</span>}
        {place !== undefined && (
          <span className="badge quiet">{place === "direct" ? words.direct : `#${place}`}</span>
        )}
        <time className="subtle" dateTime={message.timestamp}>
          {formatTime(ms, "t", locale)}
        </time>
      </p>
      <div className="body">
        {(flags & LOADING) !== 0 ? (
          <p className="thinking subtle">{words.thinking(author)}</p>
        ) : (
          <>
            {message.content && (
              <div className="content">
                <Markdown text={message.content} />
              </div>
            )}
            {message.embeds.map((embed, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: embeds have no id and keep their order
              <EmbedCard key={index} embed={embed} message={message} />
            ))}
            {loosePictures(message).map((picture) => (
              <PictureFrame key={picture.url} picture={picture} />
            ))}
            <ActionRows message={message} />
          </>
        )}
        {(flags & EPHEMERAL) !== 0 && <p className="only-you subtle">{words.onlyYou}</p>}
      </div>
    </article>
  );
});

/** Which command a message answers, at once or after a modal; Discord sends its name undocumented. */
function commandOf(message: Message) {
  const latest = message.interaction_metadata;
  const metadata = latest?.type === 5 ? latest.triggering_interaction_metadata : latest;
  if (metadata?.type !== 2) return undefined;
  const name =
    "name" in metadata && typeof metadata.name === "string"
      ? metadata.name
      : message.interaction?.name;
  return {
    user: metadata.user.global_name ?? metadata.user.username,
    command: name === undefined ? undefined : `/${name}`,
  };
}

/** When an update takes away the button that had focus, focus stays with its message. */
function useFocusKept(message: Message) {
  const article = useRef<HTMLElement>(null);
  const had = useRef(false);
  useEffect(() => {
    const element = article.current;
    if (!element) return;
    const enter = () => {
      had.current = true;
    };
    const leave = (event: FocusEvent) => {
      // Nothing to go to means the element vanished, or the page was left; not that focus moved on.
      if (event.relatedTarget) had.current = false;
    };
    element.addEventListener("focusin", enter);
    element.addEventListener("focusout", leave);
    return () => {
      element.removeEventListener("focusin", enter);
      element.removeEventListener("focusout", leave);
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it must run after each change of the message
  useEffect(() => {
    if (had.current && document.activeElement === document.body) {
      article.current?.focus({ preventScroll: true });
    }
  }, [message]);
  return article;
}
