/** What Digiflazz's codes mean for a purchase (contracts: suppliers.md §2.8). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSandboxClock } from "../../platform/clock.ts";
import { createDigiflazzSupplier } from "./digiflazz.ts";

const clock = createSandboxClock({ frozenAt: new Date("2026-11-23T03:00:00Z") });
const request = {
  ref: "B1",
  supplierSku: "ml86",
  customerNo: "1",
  maxCostIdr: 18_000n,
  sendBy: new Date("2026-11-23T03:00:10Z"),
};

/** A supplier that is always told this. */
function supplierThatHears(data: object, status = 200) {
  const fetch = async () => Response.json({ data: { ref_id: "B1", ...data } }, { status });
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
