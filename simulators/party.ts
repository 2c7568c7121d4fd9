/** What every simulated party is given by the world it lives in. */
import type { SimulatedClock } from "./clock.ts";
import type { Steps } from "./steps.ts";

export interface PartyContext {
  readonly clock: SimulatedClock;
  readonly steps: Steps;
  randomBytes(length: number): Uint8Array;
  baseUrl(): string;
  storeUrl(): string;
  readonly booksFile: string | undefined;
  log(entry: object): void;
}

export function createUuid(randomBytes: (length: number) => Uint8Array): string {
  const hex = Buffer.from(randomBytes(16)).toString("hex");
  const variant = "89ab"[Number.parseInt(hex.slice(16, 17), 16) % 4];
  const [a, b, c, d] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(13, 16), hex.slice(17, 20)];
  return `${a}-${b}-4${c}-${variant}${d}-${hex.slice(20)}`;
}
