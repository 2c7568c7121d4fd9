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
    "١٤٩٠٣٤٥ (٦٥٣٢)",
    "۱۴۹۰۳۴۵ (۶۵۳۲)",
    "1490345\n(6532)",
    "\u200e1490345\u200f \u2068(6532)\u2069\ufeff",
    "149\u200b0345 (65\u00ad32)",
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

test("an account pasted whole may have its zone beside it again", () => {
  assert.equal(reads("ML", "1490345 (6532)", "6532"), "1490345 (6532)");
  assert.equal(reads("ML", "1490345 6532", " (6532) "), "1490345 (6532)");
  assert.equal(reads("ML", "1490345 (6532)", "ID"), "1490345 (6532)");
  assert.deepEqual(parseGameAccount("ML", { playerId: "1490345 (6532)", zoneId: "2001" }), {
    outcome: "zone_contradicts",
    ...{ pasted: "6532", given: "2001" },
  });
  assert.equal(reads("ML", "1490345 (6532)", "budi"), "zone_id_invalid");
  assert.equal(reads("ML", "14903 4534", "2001"), "149034534 (2001)", "a blank within the id");
});

test("a region where the zone belongs is understood, and the zone still asked for", () => {
  for (const [text, region] of [
    ["ID", "ID"],
    [" id ", "ID"],
    ["(ID)", "ID"],
    ["Indonesia", "ID"],
    ["region Indonesia", "ID"],
    ["Server ID", "ID"],
    ["ＩＤ", "ID"],
    ["MY", "MY"],
    ["Malaysia", "MY"],
    ["Filipina", "PH"],
    ["Timor-Leste", "TL"],
  ] as const) {
    const parsed = parseGameAccount("ML", { playerId: "1490345", zoneId: text });
    assert.equal(parsed.outcome, "zone_is_region", text);
    assert.equal(parsed.outcome === "zone_is_region" && parsed.region, region, text);
  }
  assert.equal(reads("ML", "1490345 (ID)"), "zone_is_region");
  assert.equal(reads("ML", "1490345 Indonesia", "6532"), "1490345 (6532)");
  for (const text of ["ML", "Asia", "budi", "ID6532", "region", "constructor"]) {
    assert.equal(reads("ML", "1490345", text), "zone_id_invalid", text);
  }
});

test("a Mobile Legends account needs both numbers, and a run of digits is not split", () => {
  assert.equal(reads("ML", "14903456532"), "zone_id_missing");
  assert.equal(reads("ML", "1490345"), "zone_id_missing");
  assert.equal(reads("ML", "1490345", "  "), "zone_id_missing");
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

test("a Genshin server is understood by every name people and sellers have for it", () => {
  for (const [uid, server, names] of [
    ["812345678", "os_asia", ["asia", "ASIA", "os_asia", "OS Asia", "prod_official_asia", "001"]],
    ["612345678", "os_usa", ["America", "na", "USA", "server America", "002", "００２"]],
    ["712345678", "os_euro", ["Europe", "EU", "Eropa", "os_euro", "003"]],
    [
      "912345678",
      "os_cht",
      ["TW, HK, MO", "TW/HK/MO", "tw-hk-mo", "Taiwan", "HK", "os_cht", "004"],
    ],
  ] as const) {
    for (const name of names) {
      assert.equal(reads("GENSHIN", uid, name), `${uid} (${server})`, name);
      assert.equal(reads("GENSHIN", `${uid}|${name}`), `${uid} (${server})`, name);
      assert.equal(reads("GENSHIN", `${uid} (${name})`, name), `${uid} (${server})`, name);
      assert.equal(reads("GENSHIN", `${uid},${name}`), `${uid} (${server})`, name);
    }
  }
  assert.equal(reads("GENSHIN", "812 345 678", "-"), "812345678 (os_asia)");
  assert.equal(reads("GENSHIN", "812345678|os_usa"), "server_contradicts");
  assert.equal(reads("GENSHIN", "812345678 (Asia)", "Europe"), "server_contradicts");
  assert.equal(reads("GENSHIN", "812345678", "ID"), "server_contradicts");
});

test("a Genshin server that contradicts the UID is not corrected in silence", () => {
  const parsed = parseGameAccount("GENSHIN", { playerId: "812345678", zoneId: "Europe" });
  assert.deepEqual(parsed, { outcome: "server_contradicts", server: "Asia" });
});

test("Genshin servers that are not sold here, and other numbers, are not taken", () => {
  for (const uid of ["112345678", "512345678"]) {
    assert.equal(reads("GENSHIN", uid), "server_not_sold", uid);
  }
  for (const uid of ["012345678", "1912345678", "81234567", "81234567890"]) {
    assert.equal(reads("GENSHIN", uid), "player_id_invalid", uid);
  }
});

test("a Riot ID is a name of any script, # and a tag, kept as it is written", () => {
  assert.equal(reads("VALORANT", " Nama Demo#ID1 "), "Nama Demo#ID1");
  assert.equal(reads("VALORANT", "雪だるま#日本1"), "雪だるま#日本1");
  assert.equal(reads("VALORANT", "e\u0301cole#EUW"), "\u00e9cole#EUW");
  assert.equal(reads("VALORANT", "ＡＢＣ#ID1"), "ＡＢＣ#ID1");
  assert.equal(reads("VALORANT", "٣٤٥#ID1"), "٣٤٥#ID1");
  assert.equal(reads("VALORANT", "می\u200cخواهم#ID1"), "می\u200cخواهم#ID1");
  for (const pasted of [
    "Nama Demo #ID1",
    "Nama Demo ＃ ID1",
    "\u2066Nama Demo\u2069#ID1\u200e",
    "\ufeffNama\u200b Demo#ID1",
    "Nama\u00a0Demo#ID1",
  ]) {
    assert.equal(reads("VALORANT", pasted), "Nama Demo#ID1", JSON.stringify(pasted));
  }
  for (const wrong of [
    "Nama Demo",
    "#ID1",
    "Nama#",
    "Na#ID1",
    "Nama#ID",
    "Nama#ID1234",
    "a#b#ID1",
    "Nama\nDemo#ID1",
    "Nama\rDemo#ID1",
    "Nama\u2028Demo#ID1",
    "Nama\u0085Demo#ID1",
    "Nama\0Demo#ID1",
    "Nama\u001b[31m#ID1",
    "Nama\ud800Demo#ID1",
    "Nama\u200c#ID1",
    "Nama#ID\n1",
    "\u200b\u200b\u200b#ID1",
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

/** The digits of a text as a person reads them. */
function digits(text: string): string {
  return [...text.normalize("NFKC")]
    .map((sign) => {
      const inArabic = Math.max("٠١٢٣٤٥٦٧٨٩".indexOf(sign), "۰۱۲۳۴۵۶۷۸۹".indexOf(sign));
      return inArabic === -1 ? sign : String(inArabic);
    })
    .join("")
    .replace(/\D/g, "");
}

test("a very long text is answered at once", () => {
  for (const game of games) {
    for (const part of [" ", "1", "(", "1 ", "# ", "\u200b", "١"]) {
      const long = `12345${part.repeat(100_000)}`;
      assert.notEqual(reads(game, long, long), "parsed");
      assert.notEqual(reads(game, "12345", long), "parsed");
    }
  }
});

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
          const seen = (text: string) =>
            text.normalize("NFD").replace(/[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point}/gu, "");
          assert.equal(seen(gameAccount.playerId), seen(playerId));
          assert.doesNotMatch(gameAccount.playerId, /[\p{Cc}\p{Cs}\u2028\u2029]/u);
          return;
        }
        const given = digits(playerId);
        if (game === "ML") {
          const read = gameAccount.playerId + gameAccount.zoneId;
          // A zone that stands in both places is said twice.
          const twice = given === read && digits(zoneId ?? "") === gameAccount.zoneId;
          assert.ok(twice || read === given + digits(zoneId ?? ""), `${read} of ${given}`);
        } else if (game === "GENSHIN") {
          assert.match(given, new RegExp(`^${gameAccount.playerId}(00[1-4])?$`));
        } else {
          assert.equal(gameAccount.playerId, given);
        }
      },
    ),
    { numRuns: 5_000 },
  );
});
