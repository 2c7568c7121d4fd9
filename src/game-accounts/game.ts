/** Games: how each writes its accounts. Data; a new game is a new entry (contracts: games.md §1–3). */
import type { RegionCode } from "./region.ts";

export type GameCode = "ML" | "FF" | "PUBG" | "GENSHIN" | "VALORANT";

export interface GameAccount {
  readonly gameCode: GameCode;
  readonly playerId: string;
  /** The zone of Mobile Legends, the server of Genshin; absent where the game has none. */
  readonly zoneId?: string;
}

/** What a player id is called differs from game to game; the texts have them by this name. */
export type PlayerWord = "user_id" | "player_id" | "character_id" | "uid" | "riot_id";

export interface AccountFormat {
  readonly playerWord: PlayerWord;
  readonly playerPattern: RegExp;
  readonly playerExample: string;
  /** Digits only: blanks inside are dropped and the digits of other scripts understood. */
  readonly numeric: boolean;
  /** A zone the buyer must give. */
  readonly zone?: { readonly pattern: RegExp; readonly example: string };
  /** A server that follows from the player id. */
  readonly servers?: readonly Server[];
  /** Ids of servers the shop has nothing for. */
  readonly unsold?: RegExp;
  /** Accounts of this region only can be sold to; absent: the region is not asked for. */
  readonly soldRegion?: RegionCode;
}

export interface Server {
  /** How the ids of its players begin. */
  readonly prefix: RegExp;
  readonly code: string;
  readonly name: string;
  /** What else people write, as small letters and digits only. */
  readonly spellings: readonly string[];
}

// Patterns guard input; they do not prove that an account exists. Publishers lengthen ids over time.
export const accountFormats: Readonly<Record<GameCode, AccountFormat>> = {
  ML: {
    playerWord: "user_id",
    playerPattern: /^\d{5,12}$/,
    playerExample: "123456789",
    numeric: true,
    zone: { pattern: /^\d{3,5}$/, example: "2001" },
    soldRegion: "ID",
  },
  FF: {
    playerWord: "player_id",
    playerPattern: /^\d{6,15}$/,
    playerExample: "987654321",
    numeric: true,
  },
  PUBG: {
    playerWord: "character_id",
    playerPattern: /^\d{8,15}$/,
    playerExample: "5123456789",
    numeric: true,
  },
  GENSHIN: {
    playerWord: "uid",
    playerPattern: /^1?[6-9]\d{8}$/,
    playerExample: "812345678",
    numeric: true,
    servers: [
      {
        prefix: /^6/,
        code: "os_usa",
        name: "America",
        spellings: ["usa", "us", "na", "northamerica", "amerika", "prodofficialusa", "002"],
      },
      {
        prefix: /^7/,
        code: "os_euro",
        name: "Europe",
        spellings: ["eu", "euro", "eropa", "prodofficialeur", "003"],
      },
      {
        prefix: /^1?8/,
        code: "os_asia",
        name: "Asia",
        spellings: ["prodofficialasia", "001"],
      },
      {
        prefix: /^9/,
        code: "os_cht",
        name: "TW, HK, MO",
        spellings: [
          ...["tw", "hk", "mo", "cht", "sar", "twhk", "sartwhkmo", "prodofficialcht", "004"],
          ...["taiwan", "hongkong", "macao", "macau", "taiwanhongkongmacao"],
        ],
      },
    ],
    // Mainland China.
    unsold: /^[1-5]\d{8}$/,
  },
  VALORANT: {
    playerWord: "riot_id",
    // Letters of any script; line breaks, controls and halves of characters are none.
    playerPattern:
      /^[^#\s\p{C}](?:[^#\p{C}\p{Zl}\p{Zp}]|\u200c|\u200d){1,14}[^#\s\p{C}]#[\p{L}\p{N}]{3,5}$/u,
    playerExample: "Nama Demo#ID1",
    numeric: false,
  },
};

/** True for a game whose account format is known. */
export function isGameCode(code: string): code is GameCode {
  return Object.hasOwn(accountFormats, code);
}
