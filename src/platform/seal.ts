/** Seal: secrets at rest, AES-256-GCM with a key that lies outside the database. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Random } from "./random.ts";

export interface Seal {
  /** Seals a text for one row: `place` names it, and the sealed text opens nowhere else. */
  close(text: string, place: string): string;
  /** Opens what was sealed for the same place. Throws when it was not, or was changed. */
  open(sealed: string, place: string): string;
}

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const version = "s1.";

/** Makes the seal of a 256-bit key. */
export function createSeal(key: Uint8Array, random: Random): Seal {
  if (key.length !== keyBytes) throw new Error(`a seal's key has ${keyBytes} bytes`);
  return {
    close(text, place) {
      const nonce = random.secret(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", key, nonce);
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      const whole = Buffer.concat([nonce, cipher.getAuthTag(), body]);
      return version + whole.toString("base64url");
    },
    open(sealed, place) {
      if (!sealed.startsWith(version)) throw new Error(`${place} is not sealed`);
      const whole = Buffer.from(sealed.slice(version.length), "base64url");
      const decipher = createDecipheriv("aes-256-gcm", key, whole.subarray(0, nonceBytes));
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(whole.subarray(nonceBytes, nonceBytes + tagBytes));
      const body = decipher.update(whole.subarray(nonceBytes + tagBytes));
      return Buffer.concat([body, decipher.final()]).toString("utf8");
    },
  };
}

/**
 * Reads the key file, or makes it on the first start: 64 hexadecimal digits, mode 0600. Throws a
 * sentence when it cannot be used; never with what is in it.
 */
export function readKeyFile(path: string, random: Random): Uint8Array {
  if (!existsSync(path)) {
    mkdirSync(dirname(path), { recursive: true });
    const key = Buffer.from(random.secret(keyBytes));
    // `wx`: of two first starts at once, one makes the file and the other reads it.
    try {
      writeFileSync(path, `${key.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    } catch (error) {
      if (!existsSync(path)) throw new Error(`Cannot write the key file ${path}`, { cause: error });
    }
  }
  if ((statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
  const text = readFileSync(path, "utf8").trim();
  if (!/^[0-9a-f]{64}$/.test(text)) {
    throw new Error(
      `The key file ${path} is not one: it holds 64 hexadecimal digits. Put back the one from your backup`,
    );
  }
  return Buffer.from(text, "hex");
}
