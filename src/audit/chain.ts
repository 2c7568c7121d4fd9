/** Chain: how sealed rows are bound together: a Merkle root of each seal, and a signed head that names the one before. */
import {
  createPrivateKey,
  createPublicKey,
  hash,
  hkdfSync,
  type KeyObject,
  sign,
  verify,
} from "node:crypto";

/** The tables of history that are sealed. */
export const chainedTables = ["transfers", "audit_log"] as const;
export type ChainedTable = (typeof chainedTables)[number];

/** A row's place in its table: rows are sealed in the order of (tx, id). */
export interface Place {
  readonly tx: string;
  readonly id: string;
}

/** What the head of a seal says. */
export interface SealFacts {
  readonly number: bigint;
  readonly covers: ChainedTable;
  readonly through: Place;
  readonly rowCount: number;
  readonly latestAt: Date;
  readonly root: Buffer;
  /** The head of the seal before it; zeros before the first. */
  readonly previous: Buffer;
  readonly sealedAt: Date;
}

export interface Signer {
  /** 64 bytes, Ed25519 (RFC 8032). */
  sign(head: Buffer): Buffer;
  isSigned(head: Buffer, signature: Buffer): boolean;
}

const idBytes = 16;
const hashBytes = 32;
/** Of each row its id, padded to 16 bytes, and the SHA-256 of what it says. */
const leafBytes = idBytes + hashBytes;
export const beforeTheFirst = Buffer.alloc(hashBytes);

const sha256 = (data: Buffer | string) => hash("sha256", data, "buffer");

/**
 * The Merkle root of leaves that are hashed already, as RFC 6962 §2.1 builds it: a node is the hash of
 * 0x01 and its two children, and one without a neighbour goes up as it is. Throws without leaves.
 */
export function merkleRoot(leaves: Buffer): Buffer {
  let level = Array.from({ length: leaves.length / leafBytes }, (_, index) =>
    leaves.subarray(index * leafBytes + idBytes, (index + 1) * leafBytes),
  );
  const node = Buffer.alloc(1 + 2 * hashBytes, 1);
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let index = 0; index < level.length; index += 2) {
      const [left, right] = [level[index], level[index + 1]];
      if (left === undefined) break;
      if (right === undefined) {
        above.push(left);
        break;
      }
      left.copy(node, 1);
      right.copy(node, 1 + hashBytes);
      above.push(sha256(node));
    }
    level = above;
  }
  const [root] = level;
  if (root === undefined) throw new Error("a seal covers at least one row");
  return root;
}

/** The head of a seal: the hash of all that it says, and so of every seal before it. */
export function headOf(facts: SealFacts): Buffer {
  return sha256(
    JSON.stringify([
      "konter seal 1",
      facts.number.toString(),
      facts.covers,
      facts.through.tx,
      facts.through.id,
      facts.rowCount,
      facts.latestAt.toISOString(),
      facts.root.toString("hex"),
      facts.previous.toString("hex"),
      facts.sealedAt.toISOString(),
    ]),
  );
}

/** Makes the signer of a store from its key file, which lies outside the database. */
export function createSigner(key: Uint8Array): Signer {
  const seed = Buffer.from(hkdfSync("sha256", key, "", "konter seals", hashBytes));
  // PKCS #8 of an Ed25519 key (RFC 8410 §7): this prefix, then its seed.
  const prefix = Buffer.from("302e020100300506032b657004220420", "hex");
  const privateKey = createPrivateKey({
    key: Buffer.concat([prefix, seed]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey: KeyObject = createPublicKey(privateKey);
  return {
    sign: (head) => sign(null, head, privateKey),
    isSigned: (head, signature) => verify(null, head, publicKey, signature),
  };
}

/** The rows that two lists of leaves tell differently, by their ids in hex, with what is wrong. */
export function compareLeaves(sealed: Buffer, found: Buffer): { id: string; found: string }[] {
  if (sealed.equals(found)) return [];
  const [before, now] = [byId(sealed), byId(found)];
  const gone = [...before.keys()].filter((id) => !now.has(id));
  const added = [...now.keys()].filter((id) => !before.has(id));
  const changed = [...now].filter(([id, leaf]) => before.has(id) && before.get(id) !== leaf);
  return [
    ...gone.map((id) => ({ id, found: "gone" })),
    ...added.map((id) => ({ id, found: "put in afterwards" })),
    ...changed.map(([id]) => ({ id, found: "changed" })),
  ];
}

function byId(leaves: Buffer): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = 0; at < leaves.length; at += leafBytes) {
    const id = leaves.toString("hex", at, at + idBytes);
    found.set(id, leaves.toString("hex", at + idBytes, at + leafBytes));
  }
  return found;
}
