import assert from "node:assert/strict";
import { test } from "node:test";
import { openWorld, type World } from "../world.ts";

const account = { id: "123456789", server: "2001" };

test("two clicks on a pay button, and a redelivered one, are one order", async (t) => {
  const world = await openWorld(t, { seed: 41 });
  const { buyer } = world;
  await buyer.quotes("ML_86", account);
  await world.breaks("discord", "interaction", "duplicate");
  await Promise.all([buyer.press("Bayar GoPay"), buyer.press("Bayar GoPay")]);
  await world.untilQuiet();
  assert.equal((await world.midtrans.charges()).length, 1);
  assert.equal(await world.available("ML_86"), 99);
  assert.match(await buyer.reads(), /Bayar dengan GoPay/);
});

test("a price is held for five minutes; after that nothing is placed", async (t) => {
  const world = await openWorld(t, { seed: 42 });
  await world.buyer.quotes("ML_86", account);
  await world.advance({ minutes: 6 });
  await world.buyer.press("Bayar GoPay");
  assert.match(await world.buyer.reads(), /Harga ini sudah lewat 5 menit/);
  assert.deepEqual(await world.midtrans.charges(), []);
  const again = await world.buyer.press("Coba lagi");
  assert.equal(again.callback_type, 9, "the form opens again");
  assert.match(JSON.stringify(again.modal), /"value":"123456789"/, "with what was typed");
});

test("stock that has just been sold is refused, and no money is asked for", async (t) => {
  const world = await openWorld(t, { seed: 43 });
  await world.buyer.quotes("ML_86", account);
  await world.db.updateTable("stock").set({ on_hand: 0 }).execute();
  await world.buyer.press("Bayar GoPay");
  assert.match(await world.buyer.reads(), /Stok produk ini baru saja habis/);
  assert.deepEqual(await world.midtrans.charges(), []);
});

test("at most three unpaid orders a customer", async (t) => {
  const world = await openWorld(t, { seed: 44 });
  for (let count = 0; count < 3; count++) await world.buyer.orders("FF_70", { id: "987654321" });
  await world.buyer.quotes("FF_70", { id: "987654321" });
  await world.buyer.press("Bayar GoPay");
  assert.match(await world.buyer.reads(), /Masih ada 3 pesanan yang belum dibayar/);
  assert.equal((await world.midtrans.charges()).length, 3);
  await world.secondBuyer.orders("FF_70", { id: "887654321" });
  assert.match(await world.secondBuyer.reads(), /Bayar dengan GoPay/);
});

test("an account that does not exist is not quoted, and what was typed is kept", async (t) => {
  const world = await openWorld(t, { seed: 45 });
  await world.buyer.quotes("ML_86", { id: "404123456", server: "2001" });
  assert.match(await world.buyer.reads(), /Akun ini tidak ditemukan/);
  const again = await world.buyer.press("Coba lagi");
  assert.match(JSON.stringify(again.modal), /"value":"404123456"/);
});

test("an account nobody can check needs the buyer's word before it can be paid", async (t) => {
  const world = await openWorld(t, { seed: 46 });
  await world.buyer.quotes("ML_86", { id: "503123456", server: "2001" });
  assert.match(await world.buyer.reads(), /Nickname belum bisa dicek sekarang/);
  await assert.rejects(world.buyer.press("Bayar GoPay"), /no button/);
  await world.buyer.press("Akun sudah benar, lanjut");
  await world.buyer.press("Bayar GoPay");
  await world.midtrans.isPaid();
  await world.advance({ seconds: 2 });
  assert.match(await world.buyer.reads(), /Terkirim/);
});

test("/cek tells found, not found, wrong form and cannot check apart", async (t) => {
  const world = await openWorld(t, { seed: 47 });
  const check = async (userid: string, server?: string) => {
    await world.buyer.command("cek", { game: "ml", userid, ...(server ? { server } : {}) });
    return world.buyer.reads();
  };
  assert.match(await check("123456789", "2001"), /✅ Valid/);
  assert.match(await check("123456789 (2001)"), /✅ Valid/);
  assert.match(await check("404123456", "2001"), /❌ Tidak valid/);
  assert.match(await check("503123456", "2001"), /⚠️ Belum bisa dicek/);
  assert.match(await check("451234567", "2001"), /❌ Region lain.*region Malaysia/s);
  assert.match(await check("123456789", "budi"), /Zone ID berupa angka, bukan "budi"/);
  assert.match(await check("123456789 (2001)", "2002"), /Zone ID ada dua: 2001 .* dan 2002/);
  assert.match(await check("123456789"), /Zone ID belum diisi/);
  assert.match(await check("abc", "2001"), /User ID tidak cocok\. Contoh: 123456789/);
});

test("the seed's /cek ML 123456789 ID: the region is understood, the zone asked for", async (t) => {
  const world = await openWorld(t, { seed: 57 });
  const check = async () => {
    await world.buyer.command("cek", { game: "ML", userid: "123456789", server: "ID" });
    return world.buyer.reads();
  };
  assert.match(await check(), /"ID" kami baca sebagai region Indonesia.*Zone ID.*contoh: 2001/);
  await world.buyer.speaks("en-US");
  assert.match(await check(), /read "ID" as the region Indonesia.*Zone ID.*example: 2001/);
  assert.deepEqual((await world.books<{ lookups: unknown[] }>("vip-reseller")).lookups, []);
});

test("an account of another region is not quoted, and the buyer learns what to do", async (t) => {
  const world = await openWorld(t, { seed: 58 });
  await world.buyer.quotes("ML_86", { id: "451234567", server: "2001" });
  assert.match(await world.buyer.reads(), /region Malaysia.*Pakai akun region Indonesia/);
  await assert.rejects(world.buyer.press("Bayar GoPay"), /no button/);
  const again = await world.buyer.press("Coba lagi");
  assert.match(JSON.stringify(again.modal), /"value":"451234567"/);
  // Where the region cannot be asked for, the nickname still can.
  await world.breaks("vip-reseller", "get-nickname", "low_balance");
  await world.buyer.quotes("ML_86", { id: "451234568", server: "2001" });
  assert.match(await world.buyer.reads(), /Periksa pesanan/);
});

test("a buyer who checks too often is asked to wait, and can buy what was checked", async (t) => {
  const world = await openWorld(t, { seed: 59 });
  const { buyer } = world;
  for (let id = 0; id < 10; id++) {
    await buyer.command("cek", { game: "FF", userid: String(10_000_000 + id) });
  }
  await buyer.command("cek", { game: "FF", userid: "99999999" });
  assert.match(await buyer.reads(), /Belum bisa dicek.*Coba lagi dalam 60 detik/s);
  await buyer.quotes("FF_70", { id: "99999999" });
  assert.match(await buyer.reads(), /Coba lagi dalam 60 detik/);
  await buyer.quotes("FF_70", { id: "10000000" });
  assert.match(await buyer.reads(), /Periksa pesanan/);
  await world.advance({ seconds: 60 });
  await buyer.quotes("FF_70", { id: "99999999" });
  assert.match(await buyer.reads(), /Periksa pesanan/);
});

test("/price knows games in any case and lists them when it does not know one", async (t) => {
  const world = await openWorld(t, { seed: 48 });
  await world.buyer.command("price", { game: "mL" });
  assert.match(await world.buyer.reads(), /🎮 Harga Mobile Legends\n• 86 Diamond: Rp 20\.000\n/);
  await world.buyer.command("price", { game: "dota" });
  assert.match(await world.buyer.reads(), /Pilih salah satu: ML, FF, PUBG, GENSHIN, VALORANT/);
});

test("games and SKUs are suggested while typing, with their price", async (t) => {
  const world = await openWorld(t, { seed: 49 });
  const games = await world.buyer.suggestions("topup", { game: "mob" }, "game");
  assert.deepEqual(
    games.map((choice) => choice.value),
    ["ML", "PUBG"],
  );
  const skus = await world.buyer.suggestions("topup", { game: "ML", produk: "86" }, "produk");
  assert.deepEqual(skus, [{ name: "86 Diamond - Rp 20.000", value: "ML_86" }]);
});

test("an English reader is spoken to in English", async (t) => {
  const world = await openWorld(t, { seed: 50 });
  const { buyer } = world;
  await buyer.speaks("en-US");
  await buyer.quotes("ML_86", account);
  assert.match(await buyer.reads(), /Check your order/);
  await buyer.press("Pay with GoPay");
  assert.match(await buyer.reads(), /Scan this QR code/);
  await world.midtrans.isPaid();
  await world.advance({ seconds: 2 });
  assert.match(await buyer.reads(), /Delivered/);
});

test("an old or foreign button says that the card is out of date", async (t) => {
  const world = await openWorld(t, { seed: 51 });
  await world.buyer.orders("ML_86", account);
  await world.db.updateTable("orders").set({ code: "GONE000000" }).execute();
  await world.buyer.press("Cek status");
  assert.match(await world.buyer.reads(), /Pesanan itu tidak ada di akunmu/);
});

test("Discord breaks off while an answer is shown: it is shown all the same, once", async (t) => {
  const world = await openWorld(t, { seed: 52 });
  await world.breaks("discord", "edit", "http_500", 1);
  await world.buyer.orders("ML_86", account);
  assert.match(await world.buyer.reads(), /Bayar dengan GoPay/);
  assert.equal((await world.midtrans.charges()).length, 1);
});

test("cancelling a quote while it becomes an order shows the order, not a false promise", async (t) => {
  const world = await openWorld(t, { seed: 53 });
  const { buyer } = world;
  await buyer.quotes("ML_86", account);
  await Promise.all([buyer.press("Bayar GoPay"), buyer.press("Batal")]);
  await world.untilQuiet();
  assert.match(await buyer.reads(), /Bayar dengan GoPay/);
  assert.equal(await world.available("ML_86"), 99);
});

test("an open order whose card is gone can be shown again from /history", async (t) => {
  const world = await openWorld(t, { seed: 54 });
  const { buyer } = world;
  await buyer.orders("ML_86", account);
  await buyer.command("history");
  await buyer.press("Lihat ");
  assert.match(await buyer.reads(), /Bayar dengan GoPay/);
  await world.midtrans.isPaid();
  // Looking asked the gateway just now; it is asked again ten seconds later.
  await world.advance({ seconds: 10 });
  await world.advance({ seconds: 2 });
  assert.match(await buyer.reads(), /Terkirim/);
});

test("the answer Discord took and we never recorded ends in a clear word, not in thinking", async (t) => {
  const world = await openWorld(t, { seed: 55 });
  await world.buyer.command("saldo");
  await forgetTheAnswer(world);
  assert.match(await world.buyer.reads(), /permintaan ini belum selesai/);
});

test("a press whose answer we never recorded leaves its card to be pressed again, with a word above it", async (t) => {
  const world = await openWorld(t, { seed: 57 });
  const { buyer } = world;
  await buyer.orders("ML_86", account);
  await buyer.press("Cek status");
  await forgetTheAnswer(world);
  assert.match(await buyer.reads(), /permintaan ini belum selesai[\s\S]*Bayar dengan GoPay/);
  await buyer.press("Cek status");
  await world.untilQuiet();
  assert.match(await buyer.reads(), /Bayar dengan GoPay/);
  assert.doesNotMatch(await buyer.reads(), /belum selesai/);
});

/** As after a crash between Discord's acceptance of the last answer and our note of it. */
async function forgetTheAnswer(world: World) {
  const { id } = await world.db
    .updateTable("discord_interactions")
    .set({ acknowledged_at: null, result: null })
    .where("id", "=", (all) =>
      all
        .selectFrom("discord_interactions")
        .select("id")
        .orderBy("received_at", "desc")
        // Time stands still, and Discord's ids grow.
        .orderBy("id", "desc")
        .limit(1),
    )
    .returning("id")
    .executeTakeFirstOrThrow();
  const at = world.clock.now();
  const payload = JSON.stringify({ interactionId: id });
  await world.db
    .insertInto("jobs")
    .values({ name: "discord.work", key: "again", payload, run_at: at, enqueued_at: at })
    .execute();
  await world.advance({ seconds: 3 });
}

test("a name of invisible characters is shown as a dash, not as nothing", async (t) => {
  const world = await openWorld(t, { seed: 56 });
  await world.buyer.command("cek", { game: "valorant", userid: "\u200b\u3164\u200b\u200b#ID1" });
  assert.match(await world.buyer.reads(), /–|Contoh/);
});
