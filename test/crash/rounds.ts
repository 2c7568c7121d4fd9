/** Rounds: which roads are walked at once, and where the store dies meanwhile. */
import type { Blow, Resale } from "./resale.ts";
import { companion, roads } from "./roads.ts";
import type { Road } from "./walker.ts";

const unrecordedMs = 1_000;

export interface Round {
  readonly what: string;
  readonly roads: readonly Road[];
  /** The point at which it shall die, or the part of the roads that is behind it then, from 0 to 1. */
  readonly dies:
    | Exclude<Blow, { kind: "strike" }>
    | { readonly kind: "strike"; readonly at: number };
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
  shop.keeper.strike();
  await shop.keeper.untilUp();
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
        dies: { kind: "point", death: { point, hit } },
      });
    }
  }
  for (const point of recording.startPoints) {
    if (recording.points.has(point) && !alsoLater) continue;
    rounds.push({
      what: `killed in its start ${point}`,
      roads: [companion],
      dies: { kind: "start", death: { point, hit: 1 } },
    });
  }
  // Two shops recorded at once; the order shall be the same the next time.
  return rounds.toSorted((a, b) => (a.what < b.what ? -1 : 1));
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
    const taken = [first, any(others), any(others)];
    return { what: "killed", roads: taken, dies: { kind: "strike", at: chance() } };
  });
}

/** Where a round's store dies, and the round in words. */
export function aim(
  round: Round,
  recording: Recording,
  strike: () => Promise<void> | void,
): { blow: Blow; words: string } {
  const names = round.roads.map((road) => `"${road.name}"`).join(", ");
  const words = (when: string) => `${round.what}${when}, while on the roads ${names}`;
  if (round.dies.kind !== "strike") return { blow: round.dies, words: words("") };
  const known = round.roads.map((road) => recording.tookMs.get(road.name) ?? unrecordedMs);
  const afterMs = Math.floor(round.dies.at * Math.max(...known));
  return { blow: { kind: "strike", afterMs, strike }, words: words(` after ${afterMs} ms`) };
}
