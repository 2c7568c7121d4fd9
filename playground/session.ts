/** What every part of the screen needs: whose Discord this is, in which language, at what time. */
import { createContext, useContext, useSyncExternalStore } from "react";
import type { SandboxClock } from "./clock.ts";
import type { Interaction, InteractionAnswer, Locale, User } from "./discord.ts";
import type { Texts } from "./texts.ts";

export interface Session {
  readonly user: User;
  readonly locale: Locale;
  readonly words: Texts;
  readonly clock: SandboxClock;
  /** Sends the interaction; a modal in the answer opens by itself. */
  readonly perform: (interaction: Interaction) => Promise<InteractionAnswer>;
  /** Puts a command into the input, ready to be finished or sent. */
  readonly offerCommand: (line: string) => void;
}

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("No session around this component.");
  return session;
}

/** The shop's time in milliseconds; renders the component again each second. */
export function useNow(): number {
  const { clock } = useSession();
  return useSyncExternalStore(clock.subscribe, clock.now);
}
