/** Keeps one user's view of Discord current: a snapshot, then events, again after every lost line. */
import { useEffect, useState } from "react";
import {
  applyEvent,
  type DiscordEvent,
  type DiscordState,
  fetchState,
  fetchUsers,
  type User,
} from "./discord.ts";
import { callJson } from "./http.ts";

export interface PlaygroundConfig {
  readonly discord_url: string;
  /** Null where Midtrans is the real one, whose payments another phone makes. */
  readonly midtrans_url: string | null;
  /** Null where they are the real ones, which cannot be made to fail. */
  readonly digiflazz_url: string | null;
  readonly vip_reseller_url: string | null;
}

export interface DiscordView {
  readonly config: PlaygroundConfig | undefined;
  readonly state: DiscordState | undefined;
  /** Who there is to be. */
  readonly users: readonly User[];
  readonly connected: boolean;
  readonly change: (event: (state: DiscordState) => DiscordState) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;

/** `userId` is who looks; the first one when nobody was chosen, or nobody is that. */
export function useDiscord(userId: string | undefined): DiscordView {
  const [config, setConfig] = useState<PlaygroundConfig>();
  const [state, setState] = useState<DiscordState>();
  const [users, setUsers] = useState<readonly User[]>([]);
  const [connected, setConnected] = useState(false);

  useEffect(() => {
    // Nobody acts as the one before while the next one's conversation is on its way.
    setState((known) => (userId === undefined || known?.user.id === userId ? known : undefined));
    let stopped = false;
    let socket: WebSocket | undefined;
    let timer: number | undefined;
    let waitMs = FIRST_WAIT_MS;

    function retry() {
      if (stopped) return;
      setConnected(false);
      timer = window.setTimeout(start, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    }

    async function start() {
      try {
        const found = await callJson<PlaygroundConfig>(`${import.meta.env.BASE_URL}config.json`);
        const people = await fetchUsers(found.discord_url);
        const user = people.find(({ id }) => id === userId) ?? people[0];
        if (!user) throw new Error("The simulated Discord has no users.");
        if (stopped) return;
        setConfig(found);
        setUsers(people);
        listen(found.discord_url, user.id);
      } catch {
        retry();
      }
    }

    function listen(discordUrl: string, userId: string) {
      const address = `${discordUrl.replace(/^http/, "ws")}/client/events?user_id=${userId}`;
      const line = new WebSocket(address);
      socket = line;
      // Events that come while the snapshot is on its way are applied on top of it.
      let early: DiscordEvent[] | undefined = [];
      line.onmessage = ({ data }) => {
        const event: DiscordEvent = JSON.parse(String(data));
        if (early) early.push(event);
        else setState((known) => known && applyEvent(known, event));
      };
      line.onopen = async () => {
        try {
          const snapshot = await fetchState(discordUrl, userId);
          if (stopped || socket !== line) return;
          setState((early ?? []).reduce(applyEvent, snapshot));
          early = undefined;
          waitMs = FIRST_WAIT_MS;
          setConnected(true);
        } catch {
          line.close();
        }
      };
      line.onclose = () => {
        if (socket === line) retry();
      };
    }

    start();
    return () => {
      stopped = true;
      window.clearTimeout(timer);
      socket?.close();
    };
  }, [userId]);

  const change = (event: (state: DiscordState) => DiscordState) =>
    setState((known) => known && event(known));
  return { config, state, users, connected, change };
}
