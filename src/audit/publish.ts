/** Publish: the heads of seals, one a line, in a file outside the database that only grows. */
import {
  closeSync,
  createReadStream,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Db } from "../platform/db.ts";
import { selectHeads } from "./repository.ts";

const atOnce = 1_000;
// More than a line, of which the last whole one is looked for.
const tailBytes = 4_096;

export interface PublishedHead {
  readonly number: bigint;
  /** 64 hexadecimal digits. */
  readonly head: string;
}

/**
 * Adds the heads that are not in the file yet. Whoever keeps a copy of it elsewhere can show that
 * history was not rewritten or cut off since. Throws when the file cannot be written.
 */
export async function publishHeads(db: Db, sealsFile: string): Promise<void> {
  mkdirSync(dirname(sealsFile), { recursive: true });
  const file = openSync(sealsFile, "a+", 0o644);
  try {
    const tail = readTail(file);
    // A power cut may have left a line without its end: it is written again below.
    if (tail !== "" && !tail.endsWith("\n")) writeSync(file, "\n");
    let after = headsIn(tail).at(-1)?.number ?? 0n;
    for (;;) {
      const heads = await selectHeads(db, { after, limit: atOnce });
      const last = heads.at(-1);
      if (last === undefined) return;
      writeSync(file, heads.map(lineOf).join(""));
      fsyncSync(file);
      after = last.number;
    }
  } finally {
    closeSync(file);
  }
}

/** How far the file goes now, in bytes; 0 when there is none. */
export function publishedLength(sealsFile: string): number {
  return statSync(sealsFile, { throwIfNoEntry: false })?.size ?? 0;
}

/** What was published in the first `length` bytes of the file, in its order. It may be of years: a line at a time. */
export async function* readPublished(
  sealsFile: string,
  length: number,
): AsyncGenerator<PublishedHead> {
  if (length === 0) return;
  const file = createReadStream(sealsFile, { end: length - 1 });
  for await (const line of createInterface({ input: file })) yield* headsIn(line);
}

function lineOf(seal: Awaited<ReturnType<typeof selectHeads>>[number]): string {
  const { number, covers, row_count, head, signature, sealed_at } = seal;
  const words = [number, head.toString("hex"), signature.toString("hex"), sealed_at.toISOString()];
  return `${[...words, covers, row_count].join(" ")}\n`;
}

function headsIn(text: string): PublishedHead[] {
  return text.split("\n").flatMap((line) => {
    const [, number, head] = /^(\d+) ([0-9a-f]{64}) /.exec(line) ?? [];
    return number === undefined || head === undefined ? [] : [{ number: BigInt(number), head }];
  });
}

function readTail(file: number): string {
  const { size } = fstatSync(file);
  const tail = Buffer.alloc(Math.min(size, tailBytes));
  readSync(file, tail, 0, tail.length, size - tail.length);
  return tail.toString("utf8");
}
