/** The rules of reading a game account as people paste it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { accountFormats, type GameCode, isGameCode } from "./game.ts";
import { formatGameAccount, parseGameAccount } from "./parse.ts";

const games = Object.keys(accountFormats).filter(isGameCode);

/** "id (zone)" of what was parsed, else the outcome. */
function reads(gameCode: GameCode, playerId: string, zoneId?: string): string {
  const parsed = parseGameAccount(gameCode, { playerId, zoneId });
  return parsed.outcome === "parsed" ? formatGameAccount(parsed.gameAccount) : parsed.outcome;
}

test("a Mobile Legends account is read in every form in which it is pasted", () => {
  for (const pasted of [
    "1490345 (6532)",
    "1490345(6532)",
    "1490345 6532",
    "1490345|6532",
    "1490345-6532",
    "1490345/6532",
    "  1490345  ( 6532 )  ",
    "１４９０３４５（６５３２）",
  ]) {
    assert.equal(reads("ML", pasted), "1490345 (6532)", pasted);
  }
  for (const [id, zone] of [
    ["1490345", "6532"],
    [" 149 0345 ", " (6532) "],
    ["１４９０３４５", "６５３２"],
    ["1490 345", "65 32"],
  ] as const) {
    assert.equal(reads("ML", id, zone), "1490345 (6532)", `${id} ${zone}`);
  }
});

test("a Mobile Legends account needs both numbers, and a run of digits is not split", () => {
  assert.equal(reads("ML", "14903456532"), "zone_id_missing");
  assert.equal(reads("ML", "1490345"), "zone_id_missing");
  assert.equal(reads("ML", "1490345", "  "), "zone_id_missing");
  assert.equal(reads("ML", "1490345", "ID"), "zone_id_invalid");
  assert.equal(reads("ML", "1490345", "12"), "zone_id_invalid");
  assert.equal(reads("ML", "1490345", "123456"), "zone_id_invalid");
  assert.equal(reads("ML", "", "6532"), "player_id_missing");
  assert.equal(reads("ML", "1234", "6532"), "player_id_invalid");
  assert.equal(reads("ML", "1234567890123", "6532"), "player_id_invalid");
  assert.equal(reads("ML", "budi", "6532"), "player_id_invalid");
});

test("Free Fire and PUBG Mobile take one number, whatever else is said", () => {
  assert.equal(reads("FF", "987 654 321"), "987654321");
  assert.equal(reads("FF", "987654321", "ID"), "987654321");
  assert.equal(reads("FF", "12345"), "player_id_invalid");
  assert.equal(reads("FF", "98765432a"), "player_id_invalid");
  assert.equal(reads("PUBG", "5123456789"), "5123456789");
  assert.equal(reads("PUBG", "5123456"), "player_id_invalid");
  assert.equal(reads("PUBG", "   "), "player_id_missing");
});

test("leading zeros and long ids are kept as they are", () => {
  assert.equal(reads("FF", "000123456"), "000123456");
  assert.equal(reads("PUBG", "123456789012345"), "123456789012345");
});

test("the server of Genshin follows from the UID", () => {
  for (const [uid, server] of [
    ["612345678", "os_usa"],
    ["712345678", "os_euro"],
    ["812345678", "os_asia"],
    ["1812345678", "os_asia"],
    ["912345678", "os_cht"],
  ] as const) {
    assert.equal(reads("GENSHIN", uid), `${uid} (${server})`);
    assert.equal(reads("GENSHIN", uid, server.toUpperCase()), `${uid} (${server})`);
  }
  assert.equal(reads("GENSHIN", "812345678", " Asia "), "812345678 (os_asia)");
  assert.equal(reads("GENSHIN", "612345678", "America"), "612345678 (os_usa)");
});

test("a Genshin server that contradicts the UID is not corrected in silence", () => {
  const parsed = parseGameAccount("GENSHIN", { playerId: "812345678", zoneId: "Europe" });
  assert.deepEqual(parsed, { outcome: "server_contradicts", server: "os_asia" });
});

test("Genshin servers that are not sold here, and other numbers, are not taken", () => {
  for (const uid of ["112345678", "512345678", "1912345678", "81234567", "81234567890"]) {
    assert.equal(reads("GENSHIN", uid), "player_id_invalid", uid);
  }
});

test("a Riot ID is a name of any script, # and a tag, kept as it is written", () => {
  assert.equal(reads("VALORANT", " Nama Demo#ID1 "), "Nama Demo#ID1");
  assert.equal(reads("VALORANT", "雪だるま#日本1"), "雪だるま#日本1");
  assert.equal(reads("VALORANT", "e\u0301cole#EUW"), "\u00e9cole#EUW");
  assert.equal(reads("VALORANT", "ＡＢＣ#ID1"), "ＡＢＣ#ID1");
  for (const wrong of [
    "Nama Demo",
    "#ID1",
    "Nama#",
    "Na#ID1",
    "Nama#ID",
    "Nama#ID1234",
    "a#b#ID1",
  ]) {
    assert.equal(reads("VALORANT", wrong), "player_id_invalid", wrong);
  }
});

test("the example of every game is an account of that game", () => {
  for (const game of games) {
    const { playerExample, zone } = accountFormats[game];
    assert.match(reads(game, playerExample, zone?.example), /\d/, game);
    assert.equal(
      parseGameAccount(game, { playerId: playerExample, zoneId: zone?.example }).outcome,
      "parsed",
    );
  }
});

const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.stringMatching(/^[0-9０-９ ()|#/-]{0,24}$/),
  fc.stringMatching(/^\d{3,14} ?\(?\d{0,6}\)?$/),
);

test("whatever is pasted, nothing throws, and no digit is lost, added or moved", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...games),
      anyText,
      fc.option(anyText, { nil: undefined }),
      (game, playerId, zoneId) => {
        const parsed = parseGameAccount(game, { playerId, zoneId });
        if (parsed.outcome !== "parsed") return;
        const { gameAccount } = parsed;
        if (game === "VALORANT") {
          assert.equal(gameAccount.playerId, playerId.normalize("NFC").trim());
          return;
        }
        const digits = (text: string) => text.normalize("NFKC").replace(/\D/g, "");
        const read = gameAccount.playerId + (game === "ML" ? gameAccount.zoneId : "");
        const given = digits(playerId) + (game === "ML" ? digits(zoneId ?? "") : "");
        assert.equal(read, given);
      },
    ),
    { numRuns: 5_000 },
  );
});
