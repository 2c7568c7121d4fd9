/** Rounds: which roads are walked at once, and where the store dies meanwhile. */
import type { Blow, Resale } from "./resale.ts";
import { companion, type Road, roads } from "./roads.ts";

export interface Round {
  readonly what: string;
  readonly roads: readonly Road[];
  /** Where it shall die; without, at a moment that the seed decides. */
  readonly blow?: Blow;
}

/** What happens when nothing breaks. */
export interface Recording {
  /** Of each point the road that comes to it soonest, and how often. */
  readonly points: Map<string, { road: Road; hitCount: number }>;
  /** Of the start alone. */
  readonly startPoints: Set<string>;
  readonly tookMs: Map<string, number>;
}

export const openRecording = (): Recording => ({
  points: new Map(),
  startPoints: new Set(),
  tookMs: new Map(),
});

/** Walks roads one by one, and lets the store start once. */
export async function record(shop: Resale, taken: readonly Road[], into: Recording): Promise<void> {
  await shop.strike();
  await shop.isUp();
  for (const point of (await shop.store.points()).keys()) into.startPoints.add(point);
  for (const road of taken) {
    const { tookMs } = await shop.walk(`recording "${road.name}"`, [road], { kind: "none" });
    into.tookMs.set(road.name, tookMs);
    for (const [point, hitCount] of await shop.store.points()) {
      const known = into.points.get(point);
      const knownMs = into.tookMs.get(known?.road.name ?? "") ?? Number.POSITIVE_INFINITY;
      if (tookMs < knownMs) into.points.set(point, { road, hitCount });
    }
  }
}

/** One round for each point there is; with `alsoLater`, one more for points that are come to again. */
export function namedRounds(recording: Recording, alsoLater: boolean): Round[] {
  const rounds: Round[] = [];
  for (const [point, { road, hitCount }] of recording.points) {
    const later = Math.ceil(hitCount / 2);
    for (const hit of alsoLater && later > 1 ? [1, later] : [1]) {
      rounds.push({
        what: `killed ${point}${hit === 1 ? "" : `, time ${hit}`}`,
        roads: along(road),
        blow: { kind: "point", death: { point, hit } },
      });
    }
  }
  for (const point of recording.startPoints) {
    if (recording.points.has(point) && !alsoLater) continue;
    rounds.push({
      what: `killed in its start ${point}`,
      roads: [companion],
      blow: { kind: "start", death: { point, hit: 1 } },
    });
  }
  return rounds;
}

const along = (road: Road) => (road === companion ? [road] : [road, companion]);

/** Rounds of three roads at once. */
export function randomRounds(count: number, chance: () => number): Round[] {
  const any = (choice: readonly Road[]) =>
    choice[Math.floor(chance() * choice.length)] ?? companion;
  const quiet = roads.filter((road) => !road.breaksCharge);
  return Array.from({ length: count }, () => {
    const first = any(roads);
    const others = first.breaksCharge ? roads.filter((road) => !road.charges) : quiet;
    return { what: "killed at random", roads: [first, any(others), any(others)] };
  });
}

/** A moment while these roads are walked, if nothing breaks. */
export function momentMs(round: Round, recording: Recording, chance: () => number): number {
  const longest = Math.max(...round.roads.map((road) => recording.tookMs.get(road.name) ?? 0));
  return Math.floor(chance() * longest);
}
