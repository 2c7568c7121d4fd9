/** The shop's clock as the page sees it: the server's answer plus the real time since. */
import { callJson } from "./http.ts";

export interface SandboxClock {
  /** Milliseconds since 1970, in whole seconds so that a reader renders once per tick. */
  now(): number;
  subscribe(listener: () => void): () => void;
  sync(): Promise<void>;
  advance(seconds: number): Promise<void>;
}

// Minute by minute, with a breath for the shop, so that what happens at each minute happens in it:
// a card can be changed for 15 minutes only, and one leap would carry the shop past them.
const STEP_SECONDS = 60;
const STEP_PAUSE_MS = 100;

interface ClockAnswer {
  readonly now: string;
}

export function createSandboxClock(): SandboxClock {
  const listeners = new Set<() => void>();
  let offsetMs = 0;
  let shown = wholeSeconds(Date.now());

  function tick() {
    const next = wholeSeconds(Date.now() + offsetMs);
    if (next === shown) return;
    shown = next;
    for (const listener of listeners) listener();
  }
  function take(answer: ClockAnswer) {
    offsetMs = Date.parse(answer.now) - Date.now();
    tick();
  }

  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    now: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      timer ??= setInterval(tick, 250);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    sync: async () => take(await callJson<ClockAnswer>("/sandbox/clock")),
    async advance(seconds) {
      for (let left = seconds; left > 0; left -= STEP_SECONDS) {
        const step = { advance_seconds: Math.min(left, STEP_SECONDS) };
        take(await callJson<ClockAnswer>("/sandbox/clock", "POST", step));
        if (left > STEP_SECONDS) await new Promise((done) => setTimeout(done, STEP_PAUSE_MS));
      }
    },
  };
}

const wholeSeconds = (ms: number) => Math.floor(ms / 1000) * 1000;
