/** How Midtrans gives money back, each rule shown over HTTP. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { digest, openWorld } from "../test-world.ts";
import { client, gopay, webhooks } from "./test-client.ts";

/** A world with one settled charge of Rp 10.000 called A-1, and no webhook of it left. */
async function settled(t: TestContext, options: { booksDirectory?: string } = {}) {
  const world = await openWorld(t, options);
  const midtrans = client(world);
  await midtrans.charge(gopay("A-1"));
  await midtrans.settle("A-1");
  await world.idle();
  world.store.received.length = 0;
  const code = async (body: unknown) => (await midtrans.refund("A-1", body)).body.status_code;
  return { world, midtrans, code };
}

test("a refund of all is announced twice: taken, then confirmed by the wallet", async (t) => {
  const { world, midtrans } = await settled(t);
  const { body } = await midtrans.refund("A-1", { refund_key: "R-1", amount: 10_000, reason: "x" });
  assert.equal(`${body.status_code} ${body.transaction_status}`, "200 refund");
  assert.equal(`${body.refund_key} ${body.refund_amount}`, "R-1 10000.00");
  assert.equal(body.refund_chargeback_id, 1);
  await world.advance(10);
  const [taken, confirmed, ...more] = webhooks(world);
  assert.deepEqual(more, []);
  for (const sent of [taken, confirmed]) {
    const { server_key } = world.parties().midtrans;
    assert.equal(sent.signature_key, digest("sha512", `A-120010000.00${server_key}`));
    assert.equal(`${sent.transaction_status} ${sent.refund_amount}`, "refund 10000.00");
    assert.equal(sent.refunds[0].refund_key, "R-1");
  }
  assert.equal(taken.refunds[0].bank_confirmed_at, undefined);
  assert.equal(confirmed.refunds[0].bank_confirmed_at, "2026-01-01 10:00:10");
  const status = (await midtrans.status("A-1")).body;
  assert.equal(`${status.status_code} ${status.transaction_status}`, "200 refund");
  assert.deepEqual(status.refunds, confirmed.refunds);
  const [charge] = (await world.books("midtrans")).body.charges;
  assert.equal(charge.paid_idr - charge.refunded_idr, 0);
  assert.equal(charge.refunds.length, 1);
});

test("parts of a payment go back until nothing is left; without an amount, all that is left", async (t) => {
  const { midtrans, code } = await settled(t);
  const first = (await midtrans.refund("A-1", { refund_key: "R-1", amount: 4_000 })).body;
  assert.equal(`${first.transaction_status} ${first.refund_amount}`, "partial_refund 4000.00");
  assert.equal(await code({ refund_key: "R-2", amount: 6_001 }), "414");
  const rest = (await midtrans.refund("A-1", "")).body;
  assert.equal(`${rest.transaction_status} ${rest.refund_amount}`, "refund 6000.00");
  assert.ok(rest.refund_key, "Midtrans gives one a key of its own");
  assert.equal((await midtrans.status("A-1")).body.refund_amount, "10000.00");
  assert.equal(await code({ refund_key: "R-3", amount: 1 }), "412");
});

test("a refund key is used once, for ever; a refused refund does not use it up", async (t) => {
  const { world, midtrans, code } = await settled(t);
  assert.equal(await code({ refund_key: "R-1", amount: 20_000 }), "414");
  assert.equal(await code({ refund_key: "R-1", amount: 1_000 }), "200");
  assert.equal(await code({ refund_key: "R-1", amount: 1_000 }), "406");
  await world.advance(30 * 24 * 3600);
  assert.equal(await code({ refund_key: "R-1", amount: 1_000 }), "406");
  await midtrans.charge(gopay("A-2"));
  await midtrans.settle("A-2");
  const other = await midtrans.refund("A-2", { refund_key: "R-1" });
  assert.equal(other.body.status_code, "406");
});

test("only settled money goes back, for 45 days, and a malformed wish is refused", async (t) => {
  const { world, midtrans, code } = await settled(t);
  await midtrans.charge(gopay("UNPAID"));
  assert.equal((await midtrans.refund("UNPAID")).body.status_code, "412");
  assert.equal((await midtrans.refund("NOBODY")).body.status_code, "404");
  const malformed: unknown[] = [
    { refund_key: "R 1" },
    { refund_key: "" },
    { refund_key: 5 },
    { amount: "1000" },
    { amount: 10.5 },
    { reason: "x".repeat(256) },
    { reason: 5 },
    [],
    "5",
  ];
  for (const body of malformed) assert.equal(await code(body), "400", JSON.stringify(body));
  assert.equal(await code({ amount: 0 }), "414");
  assert.equal(await code("{"), "413");
  assert.equal(await code({ refund_key: "R-1", amount: 1, unknown_field: [] }), "200");
  await world.advance(45 * 24 * 3600 + 1);
  assert.equal(await code({ refund_key: "R-2", amount: 1 }), "412");
});

test("an idempotency key replays a refund's success, never its refusal", async (t) => {
  const { world, midtrans } = await settled(t);
  const key = { "idempotency-key": "R-1-refund" };
  const wish = { refund_key: "R-1", amount: 1_000 };
  await world.faults("midtrans", "refund", "denied");
  assert.equal((await midtrans.refund("A-1", wish, key)).body.status_code, "202");
  const first = await midtrans.refund("A-1", wish, key);
  assert.equal(first.body.status_code, "200");
  assert.deepEqual((await midtrans.refund("A-1", wish, key)).body, first.body);
  await world.advance(301);
  assert.equal((await midtrans.refund("A-1", wish, key)).body.status_code, "406");
  const [charge] = (await world.books("midtrans")).body.charges;
  assert.equal(charge.refunded_idr, 1_000);
});

test("a refund can be denied, refused for want of balance, or take hours", async (t) => {
  const { world, midtrans, code } = await settled(t);
  await world.faults("midtrans", "refund", "denied");
  assert.equal(await code({ refund_key: "R-1", amount: 1_000 }), "202");
  await world.faults("midtrans", "refund", "balance_short");
  assert.equal(await code({ refund_key: "R-1", amount: 1_000 }), "414");
  assert.equal((await midtrans.status("A-1")).body.transaction_status, "settlement");
  await world.faults("midtrans", "refund", "in_progress");
  assert.equal(await code({ refund_key: "R-1", amount: 1_000 }), "200");
  await world.advance(7_199);
  assert.equal((await midtrans.status("A-1")).body.refunds[0].bank_confirmed_at, undefined);
  await world.advance(1);
  assert.ok((await midtrans.status("A-1")).body.refunds[0].bank_confirmed_at);
});

test("a refund whose answer is lost has happened", async (t) => {
  const { world, midtrans } = await settled(t);
  await world.faults("midtrans", "refund", "lost_answer");
  await assert.rejects(midtrans.refund("A-1", { refund_key: "R-1", amount: 10_000 }));
  assert.equal((await midtrans.status("A-1")).body.refunds[0].refund_key, "R-1");
  await world.faults("midtrans", "refund", "http_503");
  assert.equal((await midtrans.refund("A-1", { refund_key: "R-2" })).status, 503);
  assert.equal((await midtrans.status("A-1")).body.refunds.length, 1);
});

test("the dashboard gives money back and the payer's side takes it, in part or whole", async (t) => {
  const { world, midtrans } = await settled(t);
  assert.equal((await midtrans.move("A-1", "chargeback", 4_000)).body.status, "partial_chargeback");
  assert.equal((await midtrans.move("A-1", "refund")).body.status, "refund");
  const status = (await midtrans.status("A-1")).body;
  assert.equal(`${status.status_code} ${status.refund_amount}`, "200 10000.00");
  assert.equal((await midtrans.move("A-1", "refund", 1)).status, 400);
  assert.equal((await midtrans.move("A-1", "nowhere")).status, 400);
  assert.equal((await midtrans.move("NOBODY", "refund")).status, 404);
  await world.idle();
  const statuses = webhooks(world).map((sent) => sent.transaction_status);
  assert.deepEqual(statuses, ["partial_chargeback", "refund"]);
});

test("a refund that waits for the wallet survives a restart", async (t) => {
  const booksDirectory = mkdtempSync(join(tmpdir(), "konter-books-"));
  t.after(() => rmSync(booksDirectory, { recursive: true }));
  const { world, midtrans } = await settled(t, { booksDirectory });
  await midtrans.refund("A-1", { refund_key: "R-1", amount: 1_000 });
  await world.idle();
  await world.restart();
  await world.advance(10);
  assert.equal(webhooks(world).length, 2);
  assert.ok((await client(world).status("A-1")).body.refunds[0].bank_confirmed_at);
  assert.equal((await client(world).refund("A-1", { refund_key: "R-1" })).body.status_code, "406");
});
