/** Made-up nicknames: the same player id always has the same one. Words only, never people's names. */
import { createHash } from "node:crypto";

const colours = ["Biru", "Merah", "Hijau", "Ungu", "Jingga", "Perak", "Emas", "Kelabu"];
const animals = ["Elang", "Harimau", "Komodo", "Rusa", "Badak", "Kancil", "Merpati", "Hiu"];
const shapes = [
  (colour: string, animal: string, digits: string) => `${animal}${colour}${digits}`,
  (colour: string, animal: string, digits: string) => `${animal}_${colour}.${digits}`,
  (colour: string, animal: string, digits: string) => `xX${colour}${animal}Xx${digits}`,
  (colour: string, animal: string, digits: string) => `${colour} ${animal} ${digits}`,
];

export function createNickname(code: string, target: string): string {
  const hash = createHash("md5").update(`${code}:${target}`).digest();
  const pick = <T>(from: readonly T[], at: number): T | undefined =>
    from[hash.readUInt8(at) % from.length];
  const digits = String(hash.readUInt16BE(3) % 1000);
  const shape = pick(shapes, 2);
  const colour = pick(colours, 0) ?? "";
  const animal = pick(animals, 1) ?? "";
  return shape?.(colour, animal, digits) ?? animal;
}
