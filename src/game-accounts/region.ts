/** Region: the country an account belongs to, as suppliers write it and as people do. */

// Not every country: those whose players write their region where Mobile Legends means a number.
const spellings = {
  ID: ["id", "idn", "indo", "indonesia"],
  MY: ["my", "mys", "malay", "malaysia"],
  SG: ["sg", "sgp", "singapore", "singapura"],
  BN: ["bn", "brunei", "bruneidarussalam"],
  PH: ["ph", "phl", "pinoy", "philippines", "filipina", "pilipinas"],
  TH: ["th", "tha", "thai", "thailand"],
  VN: ["vn", "vnm", "vietnam"],
  KH: ["kh", "khm", "cambodia", "kamboja"],
  LA: ["la", "lao", "laos"],
  MM: ["mm", "mmr", "myanmar", "burma"],
  TL: ["tl", "tls", "timorleste"],
  IN: ["in", "ind", "india"],
  BR: ["br", "bra", "brazil", "brasil"],
  TR: ["tr", "tur", "turkey", "turki", "turkiye", "türkiye"],
  RU: ["ru", "rus", "russia", "rusia"],
  US: ["us", "usa", "unitedstates", "amerika", "america"],
} as const;

/** ISO 3166. */
export type RegionCode = keyof typeof spellings;

const codes = new Map(
  Object.entries(spellings).flatMap(([code, written]) =>
    written.map((spelling) => [spelling as string, code as RegionCode] as const),
  ),
);

/** The region that a text names: `ID`, `region Indonesia`, `(MY)`; undefined when it names none. */
export function readRegion(text: string): RegionCode | undefined {
  const letters = text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
  return codes.get(letters.replace(/^(?:region|server|negara|country)/, ""));
}
