/** The clock of a simulated world: the caller's, so that a world can be moved on. */

export interface SimulatedClock {
  now(): Date;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
