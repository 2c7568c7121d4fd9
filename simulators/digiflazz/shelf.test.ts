/** Digiflazz' balance and price list, each rule shown over HTTP. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { digest, openWorld, post, type World } from "../test-world.ts";

function client(world: World) {
  const { base_url, username, api_key, development_key } = world.parties().digiflazz;
  const ask = (path: string, word: string, body: object, key: string = api_key) =>
    post(`${base_url}${path}`, { username, sign: digest("md5", username + key + word), ...body });
  return {
    development_key,
    balance: (more: object = {}, key?: string) =>
      ask("/cek-saldo", "depo", { cmd: "deposit", ...more }, key),
    list: (more: object = {}, key?: string) =>
      ask("/price-list", "pricelist", { cmd: "prepaid", ...more }, key),
    buy: (ref_id: string, more: object = {}) =>
      ask("/transaction", ref_id, {
        ...{ buyer_sku_code: "ml86", customer_no: "1234567892001", ref_id },
        ...more,
      }),
  };
}

const control = (world: World, knob: string, order: object) =>
  post(`${world.url()}/digiflazz/_control/${knob}`, order);

test("the balance is told to who signs, with either key", async (t) => {
  const world = await openWorld(t);
  const digiflazz = client(world);
  assert.deepEqual((await digiflazz.balance()).body, { data: { deposit: 10_000_000 } });
  const { development_key } = digiflazz;
  assert.equal((await digiflazz.balance({}, development_key)).body.data.deposit, 10_000_000);
  await control(world, "balance", { balance: 17_000 });
  assert.equal((await digiflazz.balance()).body.data.deposit, 17_000);
  assert.equal((await control(world, "balance", { balance: -1 })).status, 400);
});

test("a balance or a list that is asked for wrongly is HTTP 400 with an object and its code", async (t) => {
  const world = await openWorld(t);
  const digiflazz = client(world);
  for (const ask of [digiflazz.balance, digiflazz.list]) {
    for (const [rc, more] of [
      ["40", { cmd: "saldo" }],
      ["42", { username: "somebody" }],
      ["41", { sign: "740b00a1b8784e028cc8078edf66d12b" }],
    ] as const) {
      const reply = await ask(more);
      assert.deepEqual([reply.status, reply.body.data.rc], [400, rc]);
    }
  }
});

test("the price list has every documented field, and look-ups among the products", async (t) => {
  const world = await openWorld(t);
  const { body } = await client(world).list();
  assert.equal(body.data.length, 19);
  const [product] = body.data;
  assert.deepEqual(product, {
    ...{ buyer_sku_code: "ml86", product_name: "MOBILELEGEND - 86 Diamond" },
    ...{ category: "Games", brand: "MOBILE LEGENDS", type: "Umum", seller_name: "Toko Simulasi" },
    ...{ price: 18_000, buyer_product_status: true, seller_product_status: true },
    ...{ unlimited_stock: true, stock: 0, multi: true },
    ...{ start_cut_off: "0:0", end_cut_off: "00:00", desc: "-" },
  });
  assert.ok(body.data.some((one: { product_name: string }) => /^Cek /.test(one.product_name)));
  assert.deepEqual((await client(world).list({ cmd: "pasca", code: "pln" })).body.data, []);
});

test("the whole list is told once in five minutes and one code once a second: else rc 83", async (t) => {
  const world = await openWorld(t);
  const { list } = client(world);
  const rc = async (more: object = {}) => (await list(more)).body.data.rc;
  assert.equal(await rc(), undefined);
  await world.advance(299);
  assert.equal(await rc(), "83");
  await world.advance(1);
  assert.equal(await rc(), undefined, "the refused call did not count");
  assert.equal((await list({ code: "ff70" })).body.data[0].price, 9_000);
  assert.equal(await rc({ code: "ff70" }), "83");
  assert.equal(await rc({ code: "ff140" }), undefined);
  await world.advance(1);
  assert.equal(await rc({ code: "ff70" }), undefined);
  const brand = (await list({ brand: "FREE FIRE" })).body.data;
  assert.equal(brand.length, 4);
  const { lists } = (await world.books("digiflazz")).body;
  assert.deepEqual(lists, { count: 6, limited_count: 2 });
});

test("what is changed in the dashboard is in the list, and nothing else can be changed", async (t) => {
  const world = await openWorld(t);
  const change = { buyer_sku_code: "ml86", price: 18_500, stock: 3, unlimited_stock: false };
  assert.equal((await control(world, "products", change)).body.price, 18_500);
  const [product] = (await client(world).list({ code: "ml86" })).body.data;
  assert.deepEqual([product.price, product.stock], [18_500, 3]);
  for (const wrong of [
    { buyer_sku_code: "ml87", price: 1 },
    { buyer_sku_code: "ml86", price: "18500" },
    { buyer_sku_code: "ml86", colour: "red" },
  ]) {
    assert.equal((await control(world, "products", wrong)).status, 400);
  }
});

test("a product that is off, out of stock, closed or sold today is refused with its code", async (t) => {
  const world = await openWorld(t);
  const { buy } = client(world);
  const change = (product: object) =>
    control(world, "products", { buyer_sku_code: "ml86", ...product });
  const code = async (ref: string) => {
    const { status, body } = await buy(ref);
    return `${body.data.rc} ${status}`;
  };
  await change({ buyer_product_status: false });
  assert.equal(await code("R-1"), "43 400");
  await change({ buyer_product_status: true, seller_product_status: false });
  assert.equal(await code("R-2"), "53 200");
  await change({ seller_product_status: true, unlimited_stock: false, stock: 1 });
  assert.equal(await code("R-3"), "03 200");
  assert.equal(await code("R-4"), "68 400");
  await change({ unlimited_stock: true, multi: false });
  assert.equal(await code("R-5"), "63 400", "sold to this number today");
  // It is 10:00 in Jakarta; at midnight there it is another day.
  await world.advance(14 * 3_600 - 1);
  assert.equal(await code("R-6"), "63 400");
  await world.advance(1);
  assert.equal(await code("R-7"), "03 200");
  await change({ multi: true, start_cut_off: "23:30", end_cut_off: "0:30" });
  assert.equal(await code("R-8"), "58 200", "midnight lies between");
  await world.advance(30 * 60);
  assert.equal(await code("R-9"), "03 200");
  assert.equal((await world.books("digiflazz")).body.balance, 10_000_000 - 3 * 18_000);
});

test("a call can be refused with any code, an unknown address with HTTP 401 and the address", async (t) => {
  const world = await openWorld(t);
  const digiflazz = client(world);
  for (const rc of ["40", "44", "61", "82", "88"]) {
    await world.faults("digiflazz", "transaction", `rc_${rc}`);
    const reply = await digiflazz.buy("R-1");
    assert.deepEqual([reply.status, reply.body.data.rc, reply.body.data.ref_id], [400, rc, "R-1"]);
  }
  for (const [operation, ask] of [
    ["balance", digiflazz.balance],
    ["price_list", digiflazz.list],
  ] as const) {
    await world.faults("digiflazz", operation, "rc_45");
    const reply = await ask();
    assert.deepEqual([reply.status, reply.body.data.rc], [401, "45"]);
    assert.match(reply.body.data.message, /127\.0\.0\.1/);
  }
  assert.equal((await world.books("digiflazz")).body.purchases.length, 0);
});

test("answers can be empty, broken or garbled: the work is done all the same", async (t) => {
  const world = await openWorld(t);
  const { buy, list } = client(world);
  await world.faults("digiflazz", "price_list", "price_string");
  assert.equal((await list()).body.data[0].price, "18000");
  const answers: Record<string, (text: string) => boolean> = {
    empty_body: (text) => text === "",
    price_string: (text) => JSON.parse(text).data.price === "18000",
    rc_absent: (text) => JSON.parse(text).data.rc === undefined,
    rc_unknown: (text) => JSON.parse(text).data.rc === "77",
    status_disagrees: (text) => JSON.parse(text).data.status === "Gagal",
  };
  for (const [fault, fits] of Object.entries(answers)) {
    await world.faults("digiflazz", "transaction", fault);
    const { text } = await buy(fault);
    assert.ok(fits(text), `${fault}: ${text}`);
  }
  await world.faults("digiflazz", "transaction", "invalid_json");
  await assert.rejects(buy("invalid_json"), SyntaxError);
  const { purchases } = (await world.books("digiflazz")).body;
  assert.equal(purchases.length, 6);
});
