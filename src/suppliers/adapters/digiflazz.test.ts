/** What Digiflazz's codes mean for a purchase (contracts: suppliers.md §2.8). */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { type TestContext, test } from "node:test";
import { startSimulators } from "../../../simulators/world.ts";
import vectors from "../../parties/vectors.json" with { type: "json" };
import { createSandboxClock } from "../../platform/clock.ts";
import { createDigiflazzSupplier } from "./digiflazz.ts";
import { codeMeanings } from "./digiflazz-codes.ts";

const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const request = {
  ref: "B1",
  supplierSku: "ml86",
  customerNo: "1",
  maxCostIdr: 18_000n,
  sendBy: new Date("2026-11-23T03:00:10Z"),
};

/** A supplier that is always told this. */
function supplierThatHears(told: object, status = 200) {
  const data = Array.isArray(told) ? told : { ref_id: "B1", ...told };
  const fetch = async () => Response.json({ data }, { status });
  const credentials = {
    ...{ baseUrl: "http://d.test", username: "u", apiKey: "k", webhookSecret: "s" },
    testing: false,
  };
  return createDigiflazzSupplier({ clock, fetch }, credentials);
}

/** "failed: account" and so on, of the purchase and of the first inquiry after it. */
async function told(data: object): Promise<[string, string]> {
  const supplier = supplierThatHears(data);
  const reports = [
    await supplier.purchase(request),
    await supplier.inquire({ ...request, doubt: null }),
  ];
  const [first = "", second = ""] = reports.map((report) =>
    report.status === "failed" ? `failed: ${report.fault}` : report.status,
  );
  return [first, second];
}

const account = "51 52 54 57 59 60 72 73 84 87".split(" ");
const configuration = "43 44 81".split(" ");
const credentialsFault = "40 41 42 45 61 82 88".split(" ");
const supplierFault = "02 47 53 55 56 58 62 63 65 66 67 68 69 71 80 85".split(" ");

// What answers other calls than a purchase.
const otherCalls = ["64", "83", "86"];
const statusOf = {
  succeeded: "success",
  pending: "pending",
  failed: "failed",
  refused: "failed",
  unknown_until_repeated: "failed",
  unknown: "failed",
} as const;

test("every documented code of a purchase is in the table as documented, and no other", () => {
  const documented = Object.entries(vectors.digiflazz.codes).filter(
    ([code]) => !otherCalls.includes(code),
  );
  const ours = [...codeMeanings].map(([code, { outcome, formed }]) => [
    code,
    { status: statusOf[outcome], formed },
  ]);
  assert.deepEqual(Object.fromEntries(ours), Object.fromEntries(documented));
});

test("what each code asks of the shop", async () => {
  const actions = {
    ask_again: "01 70",
    refund: "02 51 59 84",
    ask_buyer: "52 54 57 60 72 73 87",
    other_sku: "53 55 56 62 63 65 66 67 68 69 71 80",
    later: "58 85",
    pause_until_funded: "44",
    pause_supplier: "40 41 42 45 61 81 82 88",
    disable_sku: "43",
    review: "47 49 50",
    reverse: "74",
  };
  for (const [action, codes] of Object.entries(actions)) {
    for (const rc of codes.split(" ")) {
      const report = await supplierThatHears({ rc, status: "Gagal" }).purchase(request);
      assert.ok("action" in report);
      assert.equal(report.action, action, `rc ${rc}`);
    }
  }
  const unfailing = { deliver: "00", wait: "03 99" };
  const named = Object.values({ ...actions, ...unfailing }).flatMap((codes) => codes.split(" "));
  assert.deepEqual(named.sort(), [...codeMeanings.keys()].sort());
});

test("a definite failure is failed, with the one whose turn it is", async () => {
  for (const [codes, fault] of [
    [account, "account"],
    [configuration, "configuration"],
    [supplierFault, "supplier"],
  ] as const) {
    for (const rc of codes) {
      const expected = [`failed: ${fault}`, `failed: ${fault}`];
      assert.deepEqual(await told({ rc, status: "Gagal" }), expected, `rc ${rc}`);
      assert.deepEqual(await told({ rc }), expected, `rc ${rc} without a status word`);
    }
  }
});

test("a question refused for our credentials says nothing of what was bought before", async () => {
  for (const rc of credentialsFault) {
    const expected = ["failed: configuration", "unknown"];
    assert.deepEqual(await told({ rc, status: "Gagal" }), expected, `rc ${rc}`);
  }
});

test("00 delivered, 03 and 99 wait", async () => {
  const done = { rc: "00", status: "Sukses", sn: "SN1", price: 17_900 };
  const report = await supplierThatHears(done).purchase(request);
  assert.equal(report.status, "succeeded");
  assert.equal(report.status === "succeeded" && report.serialNumber, "SN1");
  assert.equal(report.status === "succeeded" && report.chargedIdr, 17_900n);
  for (const rc of ["03", "99"]) {
    assert.deepEqual(await told({ rc, status: "Pending" }), ["pending", "pending"]);
  }
});

test("a time-out on their side is failed only when they say the same again", async () => {
  for (const rc of ["01", "70"]) {
    const data = { rc, status: "Gagal" };
    assert.deepEqual(await told(data), ["unknown", "unknown"]);
    const supplier = supplierThatHears(data);
    const first = await supplier.purchase(request);
    assert.ok(first.status === "unknown" && first.doubt !== undefined);
    const again = await supplier.inquire({ ...request, doubt: first.doubt });
    assert.equal(again.status === "failed" && again.fault, "supplier");
    const other = await supplier.inquire({ ...request, doubt: "rc 53" });
    assert.equal(other.status, "unknown");
  }
});

test("what contradicts itself is never decided by a machine", async () => {
  for (const rc of ["49", "50", "74"]) {
    assert.deepEqual(await told({ rc, status: "Gagal" }), ["unknown", "unknown"], `rc ${rc}`);
  }
  for (const contradiction of [
    { rc: "00", status: "Gagal" },
    { rc: "00", status: "Pending" },
    { rc: "02", status: "Sukses" },
    { rc: "54", status: "Pending" },
    { rc: "03", status: "Sukses" },
    { rc: "03", status: "Gagal" },
    { rc: "01", status: "Sukses" },
  ]) {
    assert.deepEqual(await told(contradiction), ["unknown", "unknown"]);
  }
});

test("a code that is not in the table is unknown, whatever the word beside it", async () => {
  for (const rc of ["", "0", "1", "04", "46", "64", "83", "86", "100", "toString"]) {
    for (const status of ["Sukses", "Gagal", "Pending"]) {
      assert.deepEqual(await told({ rc, status }), ["unknown", "unknown"], `${rc} ${status}`);
    }
  }
  assert.deepEqual(await told({ status: "Sukses" }), ["unknown", "unknown"]);
});

test("the body speaks, not the HTTP status around it", async () => {
  const report = await supplierThatHears({ rc: "44", status: "Gagal" }, 400).purchase(request);
  assert.equal(report.status, "failed");
  const late = await supplierThatHears({ rc: "00", status: "Sukses" }, 500).purchase(request);
  assert.equal(late.status, "succeeded");
});

test("an answer about another purchase says nothing about this one", async () => {
  const other = { ref_id: "B2", rc: "02", status: "Gagal" };
  assert.deepEqual(await told(other), ["unknown", "unknown"]);
});

test("an account is written as sellers ask for it", () => {
  const supplier = supplierThatHears({});
  const write = (gameCode: string, playerId: string, zoneId: string | null) =>
    supplier.customerNo({ gameCode, playerId, zoneId });
  assert.equal(write("ML", "123456789", "2001"), "1234567892001");
  assert.equal(write("GENSHIN", "812345678", "os_asia"), "812345678|os_asia");
  assert.equal(write("VALORANT", "Nama Demo#ID1", null), "Nama Demo#ID1");
  assert.equal(write("FF", "987654321", null), "987654321");
});

const line = {
  ...{ product_name: "MOBILELEGEND - 86 Diamond", price: "18000.4", buyer_sku_code: "ml86" },
  ...{ buyer_product_status: true, seller_product_status: true, unlimited_stock: true },
  ...{ stock: 0, start_cut_off: "0:0", end_cut_off: "00:00" },
};

test("a SKU is offered when both sides sell it and it is in stock; look-ups are none", async () => {
  const offered = async (changes: object) => {
    const list = await supplierThatHears([{ ...line, ...changes }]).listSkus();
    assert.ok(list.outcome === "listed");
    return list.skus.map((sku) => sku.offered);
  };
  assert.deepEqual(await offered({}), [true]);
  assert.deepEqual(await offered({ buyer_product_status: false }), [false]);
  assert.deepEqual(await offered({ seller_product_status: false }), [false]);
  assert.deepEqual(await offered({ unlimited_stock: false }), [false]);
  assert.deepEqual(await offered({ unlimited_stock: false, stock: "3" }), [true]);
  assert.deepEqual(await offered({ product_name: "Cek Username Mobile Legends" }), []);
});

test("a price is whole rupiah, and the closed hours are minutes of the day", async () => {
  const listed = async (start_cut_off: string, end_cut_off: string) => {
    const list = await supplierThatHears([{ ...line, start_cut_off, end_cut_off }]).listSkus();
    return list.outcome === "listed" ? list.skus[0] : undefined;
  };
  assert.equal((await listed("0:0", "00:00"))?.cutOff, null);
  assert.equal((await listed("0:0", "00:00"))?.priceIdr, 18_001n);
  const overMidnight = { fromMinute: 1425, untilMinute: 15 };
  assert.deepEqual((await listed("23:45", "0:15"))?.cutOff, overMidnight);
});

test("a list or a float that is refused says why", async () => {
  const supplier = supplierThatHears({ rc: "83", message: "Limitasi" }, 400);
  const refused = { outcome: "unavailable", why: "rc 83: Limitasi" };
  assert.deepEqual(await supplier.listSkus(), refused);
  assert.deepEqual(await supplier.float(), refused);
  const rich = supplierThatHears({ deposit: 500_000.5 });
  assert.deepEqual(await rich.float(), { outcome: "read", amountIdr: 500_000n });
});

async function openTestMode(t: TestContext, testing: boolean) {
  const simulators = await startSimulators({ port: 0, clock, randomBytes, storeUrl: "" });
  t.after(() => simulators.close());
  const { base_url, username, development_key, webhook_secret } = simulators.parties.digiflazz;
  const credentials = {
    ...{ baseUrl: base_url, username, apiKey: development_key },
    ...{ webhookSecret: webhook_secret, testing },
  };
  return createDigiflazzSupplier({ clock, fetch }, credentials);
}

const { sku: supplierSku, outcomes } = vectors.digiflazz.test_numbers;
const statuses: Record<string, string> = {
  Sukses: "succeeded",
  Gagal: "failed",
  Pending: "pending",
};

test("with a development key their test numbers do as documented, asked again too", async (t) => {
  const supplier = await openTestMode(t, true);
  for (const [customerNo, [first = ""]] of Object.entries(outcomes)) {
    const order = { ...request, ref: `T${customerNo}`, supplierSku, customerNo };
    assert.equal((await supplier.purchase(order)).status, statuses[first], customerNo);
    const again = await supplier.inquire({ ...order, doubt: null });
    assert.equal(again.status, statuses[first], customerNo);
  }
  assert.equal((await supplier.float()).outcome, "read");
});

test("a development key without the flag of their test mode is a wrong set-up", async (t) => {
  const supplier = await openTestMode(t, false);
  const [customerNo = ""] = Object.keys(outcomes);
  const report = await supplier.purchase({ ...request, supplierSku, customerNo });
  assert.equal(report.status === "failed" && report.action, "pause_supplier");
});
