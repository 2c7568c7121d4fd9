/** Rounds: which roads are walked at once, and where the store dies meanwhile. */
import { maxAttempts } from "../../src/payments/payment.ts";
import type { Blow, Resale } from "./resale.ts";
import { companion, nobodyPays, roads } from "./roads.ts";
import type { Moment } from "./store.ts";
import { type Road, sold } from "./walker.ts";

const unrecordedMs = 1_000;
// Whoever is held keeps the stock of what it buys.
const mostHeld = sold.length;
const mostLives = 6;
const randomRoads = 4;
// An order that charges nothing outlives any number of kills.
const mostStrikes = 5;
const idleS = 20 * 60;

export interface Round {
  readonly what: string;
  readonly roads: readonly Road[];
  /** Those that it shall come to. */
  readonly moments: readonly NamedMoment[];
  /** How it shall die; strikes come when a part of the roads, from 0 to 1, is behind it. */
  readonly dies:
    | Exclude<Blow, { kind: "strikes" }>
    | { readonly kind: "strikes"; readonly at: readonly number[] };
}

/** How a road came to a point. */
interface Recorded {
  readonly road: Road;
  /** For each time how many seconds the order had waited through until then. */
  readonly timesS: readonly number[];
}

/** A moment, and how to come to it. */
export interface NamedMoment extends Moment {
  readonly road: Road;
  readonly afterS: number;
  /** Whether it is one of the start, or comes of itself. */
  readonly unasked: boolean;
}

/** What happens when nothing breaks. */
export interface Recording {
  /** Of each point the road that comes to it soonest. */
  readonly points: Map<string, Recorded>;
  /** Of the start alone. */
  readonly startPoints: Set<string>;
  /** Those that are come to when nobody orders anything. */
  readonly idlePoints: Set<string>;
  readonly tookMs: Map<string, number>;
}

export const openRecording = (): Recording => ({
  points: new Map(),
  startPoints: new Set(),
  idlePoints: new Set(),
  tookMs: new Map(),
});

/** Walks roads one by one, and lets the store start once. */
export async function record(shop: Resale, taken: readonly Road[], into: Recording): Promise<void> {
  shop.keeper.strike();
  await shop.keeper.untilUp();
  for (const point of (await shop.store.points()).keys()) into.startPoints.add(point);
  for (const road of taken) {
    const met = new Map<string, number[]>();
    const look = async (afterS: number) => {
      for (const [point, count] of await shop.store.points()) {
        const times = Array<number>(count).fill(afterS);
        met.set(point, [...(met.get(point) ?? []), ...times]);
      }
    };
    const calm = { kind: "none", beforeTimePasses: look } as const;
    const { tookMs, passedS } = await shop.walk(`recording "${road.name}"`, [road], calm);
    await look(passedS);
    into.tookMs.set(road.name, tookMs);
    for (const [point, timesS] of met) {
      const known = into.points.get(point);
      const recorded = { road, timesS };
      if (known === undefined || isSooner(recorded, known, into)) into.points.set(point, recorded);
    }
  }
}

/** Lets time pass while nobody orders anything. */
export async function recordIdleness(shop: Resale, into: Recording): Promise<void> {
  await shop.letPass(idleS);
  for (const point of (await shop.store.points()).keys()) into.idlePoints.add(point);
}

function isSooner(one: Recorded, other: Recorded, { tookMs }: Recording): boolean {
  // One that breaks charges can be walked with few others.
  if (one.road.breaksCharge !== other.road.breaksCharge) return other.road.breaksCharge ?? false;
  const [oneS, otherS] = [one.timesS[0] ?? 0, other.timesS[0] ?? 0];
  if (oneS !== otherS) return oneS < otherS;
  return (tookMs.get(one.road.name) ?? 0) < (tookMs.get(other.road.name) ?? 0);
}

/** The moments at each of which the store shall die once; with `alsoLater`, also at a later time. */
export function namedMoments(recording: Recording, alsoLater: boolean): NamedMoment[] {
  const { points, startPoints, idlePoints } = recording;
  const onRoads = [...points].flatMap(([point, { road, timesS }]) => {
    const later = Math.ceil(timesS.length / 2);
    const hits = alsoLater && later > 1 ? [1, later] : [1];
    return hits.map((hit) => ({
      ...{ point, hit, road, afterS: timesS[hit - 1] ?? 0 },
      unasked: idlePoints.has(point) && !ofWorker.test(point),
    }));
  });
  const inStart = [...startPoints]
    .filter((point) => alsoLater || !points.has(point))
    .map((point) => ({ point, hit: 1, road: companion, afterS: 0, unasked: true }));
  // Two shops recorded at once; the order shall be the same the next time.
  return [...onRoads, ...inStart].toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
}

/**
 * Rounds in which one kill takes several orders, each held at a moment of its own. Together are held
 * those that are come to at the same time of the day, because an order that is held does not wait.
 */
export function namedRounds(moments: readonly NamedMoment[]): Round[] {
  const unasked = moments.filter((moment) => moment.unasked);
  const lasts = moments.filter(({ unasked, point }) => !unasked && ofWorker.test(point));
  const others = moments.filter(({ unasked, point }) => !unasked && !ofWorker.test(point));
  const groups = Object.values(Object.groupBy(others, companyOf)).flatMap((group = []) =>
    chunks(group, mostHeld),
  );
  while (groups.length < lasts.length) groups.push([]);
  return [
    ...groups.map((held, index) => heldRound(held, lasts[index])),
    ...chunks(unasked, mostLives).map(livesRound),
  ];
}

/** The same for moments that may be held together. */
function companyOf({ point, hit, road, afterS }: NamedMoment): string {
  // A commit that has not come keeps its locks; one that has come does not.
  const [when] = point.split(": ").slice(-1);
  return road.breaksCharge ? `${point}, time ${hit}` : `${afterS}, ${when}`;
}

/** A round of its own, which lasts, where it can, until what comes every minute has come. */
export function roundFor(moment: NamedMoment): Round {
  if (moment.unasked) return livesRound([moment]);
  const round = ofWorker.test(moment.point) ? heldRound([], moment) : heldRound([moment]);
  const { road } = moment;
  return road.breaksCharge ? round : { ...round, roads: [road, nobodyPays] };
}

/** One kill, with somebody held at each of these moments, at the last one if there is one. */
function heldRound(held: readonly NamedMoment[], last?: NamedMoment): Round {
  const moments = last === undefined ? held : [...held, last];
  const taken = moments.map(({ road }) => road);
  return {
    what: `killed ${moments.map(nameOf).join(" & ")}`,
    roads: taken.length === 1 && taken[0] !== companion ? [...taken, companion] : taken,
    moments,
    dies: { kind: "points", death: last === undefined ? { held } : { held, last } },
  };
}

/** One kill for each of these moments, and in each life that follows one. */
function livesRound(moments: readonly NamedMoment[]): Round {
  return {
    what: `killed in its next lives ${moments.map(nameOf).join(" & ")}`,
    roads: [companion, nobodyPays],
    moments,
    dies: { kind: "lives", deaths: moments.map((last) => ({ held: [], last })) },
  };
}

// What the worker does for all jobs: whoever held that would hold everybody.
const ofWorker = /^(jobs_|jobs done)/;

const nameOf = ({ point, hit }: Moment) => (hit === 1 ? point : `${point}, time ${hit}`);

function chunks<T>(list: readonly T[], size: number): T[][] {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, index) => list.filter((_, at) => at % count === index));
}

/**
 * Rounds of some roads at once in which the store is killed so often in all, whenever: in turn on roads
 * that charge, and on others.
 */
export function randomRounds(count: number, chance: () => number): Round[] {
  const any = (choice: readonly Road[]) =>
    choice[Math.floor(chance() * choice.length)] ?? companion;
  const charging = roads.filter((road) => road.charges);
  const free = roads.filter((road) => !road.charges);
  const quiet = roads.filter((road) => !road.breaksCharge);
  const rounds: Round[] = [];
  for (let left = count; left > 0; ) {
    const first = any(rounds.length % 2 === 0 ? charging : free);
    const others = first.charges && !first.breaksCharge ? quiet : free;
    const taken = [first, ...Array.from({ length: randomRoads - 1 }, () => any(others))];
    // Each kill may cost an order an attempt to charge, and the last one shall succeed.
    const most = first.charges ? maxAttempts - (first.breaksCharge ? 2 : 1) : mostStrikes;
    const at = Array.from({ length: Math.min(most, left) }, chance);
    left -= at.length;
    rounds.push({ what: "killed", roads: taken, moments: [], dies: { kind: "strikes", at } });
  }
  return rounds;
}

/** Where a round's store dies, and the round in words. */
export function aim(
  round: Round,
  recording: Recording,
  strike: () => Promise<void> | void,
): { blow: Blow; words: string } {
  const names = round.roads.map((road) => `"${road.name}"`).join(", ");
  const words = (when: string) => `${round.what}${when}, while on the roads ${names}`;
  if (round.dies.kind !== "strikes") return { blow: round.dies, words: words("") };
  const known = round.roads.map((road) => recording.tookMs.get(road.name) ?? unrecordedMs);
  const afterMs = round.dies.at.map((part) => Math.floor(part * Math.max(...known)));
  const when = ` after ${afterMs.join(", again ")} ms`;
  return { blow: { kind: "strikes", afterMs, strike }, words: words(when) };
}
