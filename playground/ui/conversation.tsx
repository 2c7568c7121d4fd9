/** The messages, oldest first, kept at the newest unless the reader has scrolled away. */
import { useLayoutEffect, useRef } from "react";
import type { DiscordState, Message } from "../discord.ts";
import { useSession } from "../session.ts";
import { MessageItem } from "./message-item.tsx";
import { Welcome } from "./welcome.tsx";

interface Props {
  readonly state: DiscordState;
  readonly connected: boolean;
}

/** Where it stands, when that is not the channel where everybody is. */
function placeOf({ channel_id }: Message, { channel, staff_channel }: DiscordState) {
  if (channel_id === channel.id) return undefined;
  return channel_id === staff_channel?.id ? staff_channel.name : "direct";
}

export function Conversation({ state, connected }: Props) {
  const { words } = useSession();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const lastTop = useRef(0);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const follow = () => {
      if (atEnd.current) element.scrollTop = element.scrollHeight;
    };
    // Messages grow when they are edited, the view shrinks when the input grows: both keep the end in sight.
    const observer = new ResizeObserver(follow);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);

  const newest = state.messages.at(-1);
  const answer = newest?.interaction_metadata && newest.id;
  useLayoutEffect(() => {
    const element = scroller.current;
    // The answer to what one just did is brought into sight, wherever one was reading.
    if (!element || !answer) return;
    atEnd.current = true;
    element.scrollTop = element.scrollHeight;
  }, [answer]);

  return (
    <div className="conversation">
      <p className="banner" role="status" data-shown={!connected}>
        {connected ? "" : words.reconnecting}
      </p>
      <div
        ref={scroller}
        className="scroller"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          // Content may have grown since the event arose, so only moving upwards means leaving the end.
          if (scrollHeight - scrollTop - clientHeight < 48) atEnd.current = true;
          else if (scrollTop < lastTop.current) atEnd.current = false;
          lastTop.current = scrollTop;
        }}
      >
        <Welcome state={state} />
        <div className="log" role="log" aria-live="polite" aria-label={words.conversation}>
          {state.messages.map((message) => (
            <MessageItem key={message.id} message={message} place={placeOf(message, state)} />
          ))}
        </div>
      </div>
    </div>
  );
}
