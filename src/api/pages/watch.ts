/** Watch: one look a second at all whose pages are open, and word to those that changed. */
import type { PaidFor } from "../../payments/payment.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Db } from "../../platform/db.ts";
import type { Log } from "../../platform/log.ts";
import { idOf, markersOf } from "./markers.ts";

/** A page that is open somewhere, what it is of, and how it is spoken to. */
export type OpenPage = PaidFor & {
  /** The marker as the page knows it. */
  readonly marker: string;
  /** When its token ends. */
  readonly endsAt: Date;
  changed(marker: string): void;
  /** Says nothing new, so that nothing in between takes the stream for dead. */
  beat(): void;
  /** The token has ended. */
  over(): void;
  /** The store stops; the page may come back. */
  end(): void;
};

export interface Watch {
  /** The function that closes the page again, or undefined when there are too many open. */
  add(page: OpenPage): (() => void) | undefined;
  /** Ends every page's stream and takes no other. */
  close(): void;
}

const lookMs = 1_000;
const beatMs = 15_000;

/** Makes the watch of one process. While no page is open it asks nothing. */
export function createWatch(
  deps: { db: Db; clock: Clock; log: Log },
  limits: { readonly perOrder: number; readonly total: number },
): Watch {
  const { db, clock, log } = deps;
  const pages = new Map<OpenPage, string>();
  const stopping = new AbortController();
  let looking = false;
  let troubled = false;

  const look = async () => {
    for (const page of pages.keys()) {
      if (clock.now() <= page.endsAt) continue;
      pages.delete(page);
      page.over();
    }
    if (pages.size === 0) return;
    const markers = await markersOf(db, pages.keys());
    for (const [page, known] of pages) {
      const marker = markers.get(idOf(page));
      if (marker === undefined || marker === known) continue;
      pages.set(page, marker);
      page.changed(marker);
    }
  };

  const keepLooking = async () => {
    looking = true;
    let beatAtMs = clock.now().getTime() + beatMs;
    while (pages.size > 0) {
      await clock.sleep(lookMs, stopping.signal).catch(() => {});
      if (stopping.signal.aborted) break;
      try {
        await look();
        troubled = false;
      } catch (error) {
        // Pages keep what they show; the next look that succeeds tells them what they missed.
        if (!troubled)
          log.warn({ error: String(error) }, "open pages cannot be told of changes now");
        troubled = true;
      }
      const nowMs = clock.now().getTime();
      if (nowMs < beatAtMs) continue;
      beatAtMs = nowMs + beatMs;
      for (const page of pages.keys()) page.beat();
    }
    looking = false;
  };

  return {
    add(page) {
      const same = [...pages.keys()].filter((other) => idOf(other) === idOf(page));
      const full = pages.size >= limits.total || same.length >= limits.perOrder;
      if (full || stopping.signal.aborted) return undefined;
      pages.set(page, page.marker);
      if (!looking) void keepLooking();
      return () => pages.delete(page);
    },
    close() {
      stopping.abort();
      for (const page of pages.keys()) page.end();
      pages.clear();
    },
  };
}
