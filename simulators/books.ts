/** The durable memory of a simulator: one JSON file, or only memory when no file is given. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

export interface Books<Data> {
  readonly data: Data;
  save(): void;
}

export function openBooks<Data extends object>(
  file: string | undefined,
  openEmpty: () => Data,
): Books<Data> {
  if (file === undefined) return { data: openEmpty(), save: () => {} };
  mkdirSync(dirname(file), { recursive: true });
  // The file is this function's own writing, so its shape is taken on trust.
  const data: Data = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : openEmpty();
  return {
    data,
    save() {
      // Synchronous, so that what a party has answered is never missing after a crash.
      const draft = `${file}.draft`;
      writeFileSync(draft, JSON.stringify(data, null, 1), { flush: true });
      renameSync(draft, file);
    },
  };
}
