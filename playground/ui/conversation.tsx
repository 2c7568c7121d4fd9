/** The messages, oldest first, kept at the newest unless the reader has scrolled away. */
import { useLayoutEffect, useRef } from "react";
import type { DiscordState } from "../discord.ts";
import { useSession } from "../session.ts";
import { MessageItem } from "./message-item.tsx";
import { Welcome } from "./welcome.tsx";

interface Props {
  readonly state: DiscordState;
  readonly connected: boolean;
}

export function Conversation({ state, connected }: Props) {
  const { words } = useSession();
  const scroller = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

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

  return (
    <div className="conversation">
      <p className="banner" role="status" data-shown={!connected}>
        {connected ? "" : words.reconnecting}
      </p>
      <div
        ref={scroller}
        className="scroller"
        onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
          atEnd.current = scrollHeight - scrollTop - clientHeight < 48;
        }}
      >
        <Welcome channel={state.channel.name} commands={state.commands} />
        <div className="log" role="log" aria-live="polite" aria-label={words.conversation}>
          {state.messages.map((message) => (
            <MessageItem
              key={message.id}
              message={message}
              direct={message.channel_id !== state.channel.id}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
