/** Ids: every identifier is made here, from the clock and the random source. */
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

export interface Ids {
  /** Version 7: its first 48 bits are the clock's milliseconds, so rows sort by age. */
  uuid(): string;
  /** What parties see: one letter and 20 base32 characters, 100 random bits, e.g. `P7K…`. */
  ref(prefix: "P" | "B" | "R"): string;
  /** What people see and type: 10 characters without look-alikes. */
  orderCode(): string;
  /** An unguessable token for a page's address: 160 bits. */
  pageToken(): string;
}

// Crockford's alphabet: no I, L, O or U, so a code survives being read aloud.
const base32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** A code of an order or a deposit as somebody typed it: whoever writes I, L or O means the digit that looks like it. */
export function readCode(typed: string): string {
  return typed.trim().toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
}

function encode(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += base32[byte & 31];
  return text;
}

/** Makes the id source of a store. */
export function createIds(clock: Clock, random: Random): Ids {
  return {
    uuid() {
      const bytes = random.bytes(16);
      let ms = clock.now().getTime();
      for (let index = 5; index >= 0; index--) {
        bytes[index] = ms % 256;
        ms = Math.floor(ms / 256);
      }
      bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
      bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
      const hex = bytes.toHex();
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    ref: (prefix) => prefix + encode(random.bytes(20)),
    orderCode: () => encode(random.bytes(10)),
    pageToken: () => encode(random.secret(32)),
  };
}
