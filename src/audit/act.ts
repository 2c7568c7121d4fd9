/** Act: what somebody did, as it is written down for ever. */

/** Who acts: our own ids, never a name. `operator` types commands on the store's machine. */
export type Actor = "operator" | "system" | "seed" | `staff:${string}` | `key:${string}`;

/** Where an act came from, kept apart because it is personal and can be deleted. */
export interface Origin {
  readonly machineUser?: string;
  readonly ip?: string;
}

export interface Act {
  readonly actor: Actor;
  /** What was done, as `module.verb`. */
  readonly action: string;
  /** What it was done to, e.g. `sku:ML_86`. */
  readonly object: string;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly reason?: string;
  readonly requestId?: string;
  readonly origin?: Origin;
}
