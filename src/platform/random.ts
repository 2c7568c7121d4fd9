/** Random: where chance comes from. Secrets take the secure source, everything else may be seeded. */
import { randomBytes } from "node:crypto";

export interface Random {
  bytes(length: number): Uint8Array;
  /** Bytes nobody can guess: page tokens. Never from a seed outside tests. */
  secret(length: number): Uint8Array;
}

// Drawn at once for many ids: each call to the system costs as much as the rest of a short answer.
const drawnBytes = 4096;

/** The source a running store uses. */
export function createRandom(): Random {
  let drawn = new Uint8Array();
  let used = 0;
  return {
    bytes(length) {
      if (length > drawnBytes) return randomBytes(length);
      if (used + length > drawn.length) {
        drawn = randomBytes(drawnBytes);
        used = 0;
      }
      used += length;
      return drawn.subarray(used - length, used);
    },
    secret: (length) => randomBytes(length),
  };
}

/** A source that repeats itself from a 32-bit seed, secrets included: tests only. */
export function createSeededRandom(seed: number): Random {
  let state = seed >>> 0;
  // mulberry32: tiny, and good enough for ids and faults in a test.
  const nextByte = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) & 0xff;
  };
  const bytes = (length: number) => Uint8Array.from({ length }, nextByte);
  return { bytes, secret: bytes };
}
