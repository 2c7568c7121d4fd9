/** `konter money`, as its owner types it. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { cleanUp } from "../../test/database.ts";
import { lendDatabase, openDatabase } from "../../test/kept.ts";
import { konter } from "../../test/konter.ts";
import { customerOf } from "../customers/customer.ts";
import { saldoOf } from "../ledger/chart.ts";
import { holdSaldo } from "../ledger/hold.ts";
import { trialBalance } from "../ledger/transfer.ts";
import { createClock } from "../platform/clock.ts";
import { inTransaction } from "../platform/db.ts";
import { createIds } from "../platform/ids.ts";
import { createRandom } from "../platform/random.ts";
import { verifyBooks } from "../verify.ts";

const buyer = "111111111111111111";
const [owner, admin, agent] = ["300000000000000001", "300000000000000002", "300000000000000003"];
const why = ["--reason", "promised by mistake"];

async function openShop(t: TestContext, settings: Record<string, string> = {}) {
  const atEnd = cleanUp(t);
  const DATABASE_URL = await lendDatabase(atEnd);
  const db = openDatabase({ connectionString: DATABASE_URL, poolSize: 2, onPoolError: () => {} });
  atEnd(() => db.destroy());
  const clock = createClock();
  const deps = { clock, ids: createIds(clock, createRandom()) };
  const { id: customerId } = await inTransaction(db, (tx) =>
    customerOf(tx, deps, { discordId: buyer, locale: "id" }),
  );
  const command = async (machineUser: string, name: string, args: readonly string[]) => {
    const ran = await konter([name, ...args], { DATABASE_URL, ...settings }, machineUser);
    return { ...ran, said: `${ran.stdout}${ran.stderr}` };
  };
  const does = async (...args: string[]) => {
    const ran = await command("ani", "money", args);
    assert.equal(ran.code, 0, ran.said);
    return ran.said;
  };
  const held = async (...names: string[]) => {
    const accounts = await trialBalance(db);
    return names.map((name) => Number(accounts.get(name) ?? 0n));
  };
  return {
    ...{ db, deps, customerId, does, held },
    saldo: async () => (await held(saldoOf(customerId)))[0],
    /** As the person who works under this account of the machine. */
    as: (machineUser: string, ...args: string[]) => command(machineUser, "money", args),
    async refuses(says: RegExp, ...args: string[]) {
      const ran = await command("ani", "money", args);
      assert.equal(ran.code, 1, ran.said);
      assert.match(ran.said, says);
    },
    async employs(discordId: string, role: string) {
      const args = ["add", discordId, "--role", role];
      assert.equal((await command("ani", "staff", args)).code, 0);
    },
    acts: () =>
      db
        .selectFrom("audit_log")
        .innerJoin("audit_details", "audit_id", "id")
        .select(["actor", "action", "object", "reason", "machine_user"])
        .where("action", "like", "money.%")
        .orderBy("id")
        .execute(),
    deskItems: () =>
      db
        .selectFrom("desk_items")
        .select(["kind", "subject", "resolution"])
        .orderBy("number")
        .execute(),
    async provesItsBooks() {
      const verdicts = await verifyBooks(db, { clock });
      assert.deepEqual(
        verdicts.filter((verdict) => !verdict.ok),
        [],
      );
    },
  };
}

const rowsOf = (text: string) =>
  text.split("\n").map((line) => line.trim().replaceAll(/ {2,}/g, " | "));

test("the owner's money goes into the bank and out again, and on to a float", async (t) => {
  const { does, held, acts, provesItsBooks } = await openShop(t);
  const said = rowsOf(await does("owner-in", "5000000", "--ref", "BCA 1"));
  for (const row of [
    "Debit | Credit | Amount | Reason",
    "bank | capital | Rp 5.000.000 | owner's money in · ref BCA 1",
    "bank | Rp 0 | Rp 5.000.000",
    "capital | Rp 10.000.000 | Rp 15.000.000",
    "Posted.",
  ]) {
    assert.ok(said.includes(row), `${row}\n${said.join("\n")}`);
  }
  await does("float", "digiflazz", "2000000");
  await does("owner-out", "1000000", "--reason", "groceries");
  const names = ["bank", "capital", "float:digiflazz"];
  assert.deepEqual(await held(...names), [2_000_000, 14_000_000, 12_000_000]);
  assert.deepEqual(
    (await acts()).map((act) => [act.actor, act.action, act.reason, act.machine_user]),
    [
      ["operator", "money.owner_in", null, "ani"],
      ["operator", "money.float_deposit", null, "ani"],
      ["operator", "money.owner_out", "groceries", "ani"],
    ],
  );
  await provesItsBooks();
});

test("a reference makes an act happen once, and with other numbers it is refused", async (t) => {
  const { does, held, refuses, acts } = await openShop(t);
  await does("owner-in", "5000000", "--ref", "BCA 1");
  assert.match(await does("owner-in", "5000000", "--ref", "BCA 1"), /posted before: nothing was/);
  await refuses(/--ref: .*Rp 5\.000\.000 bank → capital/, "owner-in", "6000000", "--ref", "BCA 1");
  // Without one it is another event each time, and another party's is another reference.
  await does("owner-in", "1000000");
  await does("owner-in", "1000000");
  await does("float", "digiflazz", "100000", "--ref", "BCA 1");
  assert.deepEqual(await held("capital", "float:digiflazz"), [17_000_000, 10_100_000]);
  assert.equal((await acts()).length, 4);
});

test("two people who type the same reference at once post it once", async (t) => {
  const { as, held } = await openShop(t);
  const ran = await Promise.all(
    ["ani", "budi", "cici"].map((user) => as(user, "owner-in", "700", "--ref", "BCA 1")),
  );
  assert.deepEqual(new Set(ran.map(({ code }) => code)), new Set([0]));
  assert.equal(ran.filter(({ said }) => /Posted\./.test(said)).length, 1);
  assert.deepEqual(await held("bank"), [700]);
});

test("a gateway settles no more than lies there with its fee, unless it is said to be so", async (t) => {
  const { does, held, refuses, provesItsBooks } = await openShop(t);
  await does("unexplained", "midtrans", "100000", "--ref", "M1", "--reason", "paid twice there");
  const settles = ["settle", "midtrans", "99301", "--fee", "700"];
  await refuses(/gateway:midtrans holds Rp 100\.000, and Rp 100\.001 cannot.*--beyond/, ...settles);
  const said = rowsOf(await does("settle", "midtrans", "99300", "--fee", "700", "--ref", "S1"));
  assert.ok(said.includes("gateway_fees | gateway:midtrans | Rp 700 | gateway's fee · ref S1"));
  assert.ok(said.includes("gateway:midtrans | Rp 100.000 | Rp 0"));
  assert.deepEqual(await held("bank", "gateway_fees", "gateway:midtrans"), [99_300, 700, 0]);
  // The same settlement without its fee is not the same.
  await refuses(/--ref: /, "settle", "midtrans", "99300", "--ref", "S1");
  await does(...settles, "--beyond");
  assert.deepEqual(await held("gateway:midtrans"), [-100_001]);
  await provesItsBooks();
});

test("codes and a supplier's fee are paid for, and nothing is taken from where nothing lies", async (t) => {
  const { does, held, refuses } = await openShop(t);
  await refuses(/bank holds Rp 0, and Rp 1 cannot be taken/, "codes-bought", "1");
  await does("owner-in", "500000");
  await does("codes-bought", "300000");
  await does("codes-expired", "20000");
  await refuses(/inventory holds Rp 280\.000/, "codes-expired", "280001");
  await does("supplier-fee", "digiflazz", "2500");
  await refuses(/float:digiflazz holds Rp 9\.997\.500/, "supplier-fee", "digiflazz", "9997501");
  await refuses(/bank holds Rp 200\.000/, "owner-out", "200001");
  const names = ["bank", "inventory", "adjustments", "supplier_fees"];
  assert.deepEqual(await held(...names), [200_000, 280_000, 20_000, 2_500]);
});

test("a dry run shows the same table and changes nothing", async (t) => {
  const { db, does, held, acts, deskItems } = await openShop(t);
  const dry = await does("owner-in", "5000000", "--ref", "BCA 1", "--dry-run");
  assert.match(dry, /bank +Rp 0 +Rp 5\.000\.000[\s\S]*Nothing was changed: this is a dry run\.$/m);
  await does("give", buyer, "600000", ...why, "--dry-run");
  const odd = ["--ref", "M1", "--reason", "odd"];
  await does("unexplained", "midtrans", "100000", ...odd, "--dry-run");
  assert.deepEqual(await held("bank", "capital", "suspense"), [0, 10_000_000, 0]);
  assert.deepEqual([await acts(), await deskItems()], [[], []]);
  assert.deepEqual(await db.selectFrom("adjustment_proposals").select("id").execute(), []);
  const real = await does("owner-in", "5000000", "--ref", "BCA 1");
  assert.deepEqual(rowsOf(real).slice(0, 5), rowsOf(dry).slice(0, 5));
});

test("unexplained money waits in suspense and on the desk until a person says whose it is", async (t) => {
  const { db, does, held, saldo, refuses, deskItems, provesItsBooks } = await openShop(t);
  const reported = () => db.selectFrom("report_suspense").select(["subject", "amount"]).execute();
  await does("unexplained", "midtrans", "100000", "--ref", "M1", "--reason", "nobody's QR");
  await does("unexplained", "midtrans", "7000", "--ref", "M2", "--reason", "nobody's QR");
  assert.deepEqual(await held("suspense", "gateway:midtrans"), [107_000, 107_000]);
  const toCustomer = ["--to", "customer", ...why];
  await refuses(/no money lies in suspense/, "resolve", "M3", ...toCustomer);
  await refuses(/--customer: say whose/, "resolve", "M1", ...toCustomer);
  const known = "222222222222222222";
  await refuses(/no customer 2{18}/, "resolve", "M1", ...toCustomer, "--customer", known);
  await does("resolve", "M1", ...toCustomer, "--customer", buyer);
  assert.match(
    await does("resolve", "M1", ...toCustomer, "--customer", buyer),
    /posted before: nothing was changed/,
  );
  await refuses(/--ref: /, "resolve", "M1", "--to", "gateway", ...why);
  assert.deepEqual(await reported(), [{ subject: "unexplained:midtrans:M2", amount: 7_000n }]);
  await does("resolve", "M2", "--to", "gateway", "--reason", "Midtrans took it back");
  assert.deepEqual(await held("suspense", "gateway:midtrans"), [0, 100_000]);
  assert.deepEqual(await reported(), [], "what is explained is told of no more");
  assert.equal(await saldo(), 100_000);
  assert.deepEqual(
    (await deskItems()).map(({ kind, resolution }) => [kind, resolution?.split(":")[0]]),
    [
      ["payment_suspense", "to customer"],
      ["payment_suspense", "to gateway"],
    ],
  );
  await provesItsBooks();
});

test("staff give cashback and correct a saldo, and take no more than can be spent", async (t) => {
  const { db, deps, customerId, does, held, saldo, refuses, provesItsBooks } = await openShop(t);
  await does("cashback", buyer, "10000", "--ref", "NOV");
  assert.match(await does("cashback", customerId, "10000", "--ref", "NOV"), /posted before/);
  await does("give", customerId, "25000", ...why);
  assert.equal(await saldo(), 35_000);
  const hold = { orderId: deps.ids.uuid(), customerId, amountIdr: 20_000n };
  await inTransaction(db, (tx) => holdSaldo(tx, deps, hold));
  await refuses(/can spend Rp 15\.000: no more/, "take", buyer, "15001", ...why);
  await does("take", buyer, "15000", ...why);
  assert.deepEqual(await held("promotions", "adjustments"), [10_000, 10_000]);
  assert.equal(await saldo(), 20_000);
  await refuses(/no customer/, "give", deps.ids.uuid(), "1", ...why);
  await refuses(/no customer/, "cashback", "222222222222222222", "1");
  await provesItsBooks();
});

test("a correction typed twice is posted once unless it is meant, and those of a day count together", async (t) => {
  const { does, refuses, saldo } = await openShop(t);
  await does("give", buyer, "200000", ...why);
  await refuses(/just that was corrected at .*: say --again/, "give", buyer, "200000", ...why);
  assert.equal(await saldo(), 200_000);
  await does("give", buyer, "200000", ...why, "--again");
  assert.equal(await saldo(), 400_000);
  assert.match(await does("give", buyer, "100001", ...why), /within a day .* proposal 1/);
  await does("give", buyer, "100000", ...why);
  await refuses(/Rp 500\.001 of cashback .* money give/, "cashback", buyer, "500001");
  await does("cashback", buyer, "300000");
  await refuses(/Rp 500\.001 of cashback/, "cashback", buyer, "200001");
  assert.equal(await saldo(), 800_000);
});

test("a large correction is posted when a second person approves it, never the one who proposed", async (t) => {
  const { as, does, employs, saldo, acts, deskItems } = await openShop(t);
  await employs(owner, "owner");
  await employs(admin, "admin");
  await employs(agent, "agent");
  await does("give", buyer, "500000", ...why);
  assert.equal(await saldo(), 500_000);
  const said = await does("give", buyer, "500001", ...why, "--as", owner);
  assert.match(said, /More than Rp 500\.000 .* proposal 1, and nothing is posted/);
  assert.match(said, /konter money approve 1/);
  assert.match(
    await does("pending"),
    /^1 +give Rp 500\.001 .* when approved +promised by mistake$/m,
  );
  assert.equal(await saldo(), 500_000);
  // Whom one acts for is only said; the account of the machine is known.
  for (const [user, ...args] of [
    ["ani", "approve", "1"],
    ["ani", "approve", "1", "--as", admin],
    ["budi", "approve", "1", "--as", owner],
  ] as const) {
    const ran = await as(user, ...args);
    assert.equal(ran.code, 1, args.join(" "));
    assert.match(ran.said, /who proposed 1 cannot approve it: a second person must/);
  }
  assert.match((await as("budi", "approve", "1", "--as", agent)).said, /role is agent: it needs/);
  assert.match(
    (await as("budi", "approve", "1", "--as", buyer)).said,
    /nobody with the Discord id/,
  );
  assert.equal(await saldo(), 500_000);
  const approved = await as("budi", "approve", "1", "--as", admin);
  assert.match(approved.said, /adjustments +customer:\S+ +Rp 500\.001 +adjustment: promised/);
  assert.equal(await saldo(), 1_000_001);
  assert.match((await as("budi", "approve", "1")).said, /proposal 1 has ended: approved by staff:/);
  assert.match(await does("pending"), /No correction waits/);
  const last = (await acts()).at(-1);
  assert.match(last?.actor ?? "", /^staff:/);
  assert.deepEqual([last?.action, last?.machine_user], ["money.approve", "budi"]);
  assert.deepEqual(
    (await deskItems()).map(({ kind, resolution }) => [kind, resolution]),
    [["adjustment_waiting", "approved"]],
  );
});

test("two who approve at once post it once, and a cancelled one is never posted", async (t) => {
  const { as, does, saldo } = await openShop(t, { ADJUSTMENT_LIMIT: "0" });
  await does("give", buyer, "1", ...why);
  const ran = await Promise.all(["budi", "cici"].map((user) => as(user, "approve", "1")));
  assert.deepEqual(ran.map(({ code }) => code).sort(), [0, 1]);
  assert.equal(await saldo(), 1);
  await does("give", buyer, "2", ...why);
  assert.match(await does("cancel", "2", "--dry-run"), /It would be cancelled/);
  assert.match(await does("cancel", "2"), /Proposal 2 is cancelled/);
  assert.match((await as("budi", "approve", "2")).said, /has ended: cancelled by operator/);
  assert.match((await as("budi", "approve", "3")).said, /there is no proposal 3/);
  assert.equal(await saldo(), 1);
});

test("nobody changes by hand what is proposed, nor how it ended", async (t) => {
  const { db, does } = await openShop(t);
  await does("give", buyer, "600000", ...why);
  const change = (values: object) =>
    db.updateTable("adjustment_proposals").set(values).where("number", "=", 1).execute();
  await assert.rejects(change({ amount: 1n }), /what is proposed never changes/);
  await assert.rejects(change({ proposed_from: "budi" }), /what is proposed never changes/);
  const end = { ended_by: "operator", ended_at: new Date(), ended_from: "ani" };
  await assert.rejects(change({ ...end, ending: "approved" }), /adjustment_proposals_need_two/);
  await assert.rejects(change({ ...end, ending: "took_effect" }), /violates check constraint/);
  await does("cancel", "1");
  await assert.rejects(change({ ended_by: "system" }), /how it did stays/);
  await assert.rejects(db.deleteFrom("adjustment_proposals").execute(), /never changed or removed/);
});

test("konter money lists what it can do", async (t) => {
  const { does } = await openShop(t);
  const said = await does();
  for (const verb of ["owner-in AMOUNT", "settle GATEWAY AMOUNT", "chargeback CODE", "pending"]) {
    assert.match(said, new RegExp(`^  ${verb} +\\w`, "m"));
  }
});

test("a wrong call is refused before anything is opened, with the option and the way out", async () => {
  const wrong: [string[], RegExp][] = [
    [["win"], /win is not something to do with money/],
    [["constructor"], /constructor is not something/],
    [["--ref", "x"], /say what to do first/],
    [["owner-in"], /owner-in needs AMOUNT/],
    [["owner-in", "5.000"], /AMOUNT is whole rupiah in digits only.*not "5\.000"/],
    [["owner-in", "0"], /AMOUNT is whole rupiah/],
    [["owner-in", "5", "6"], /6 is too much/],
    [["owner-in", "5", "--fee", "1"], /--fee does not belong to owner-in/],
    [["owner-in", "5", "--ref", " "], /--ref has 1 to 100 characters/],
    [["owner-in", "5", "--reason", " "], /--reason TEXT/],
    [["settle", "midtrains", "5"], /GATEWAY is one of midtrans/],
    [["settle", "midtrans", "5", "--fee", "x"], /--fee is whole rupiah/],
    [["float", "digi", "5"], /SUPPLIER is one of digiflazz/],
    [["give", buyer, "5"], /say why: --reason TEXT/],
    [["give", "budi", "5", ...why], /CUSTOMER is a Discord id or a customer's id, not "budi"/],
    [["unexplained", "midtrans", "5", ...why], /--ref is what the gateway calls/],
    [["resolve", "M1", ...why], /--to is customer or gateway/],
    [["resolve", "M1", ...why, "--to", "gateway", "--customer", buyer], /--customer belongs to/],
    [["chargeback", "ABC"], /say why/],
    [["chargeback", "ABC", ...why, "--amount", "-1"], /--amount/],
    [["approve", "one"], /NUMBER is what `konter money pending` shows/],
    [["pending", "1"], /pending takes nothing else/],
  ];
  for (const [args, message] of wrong) {
    const nowhere = { DATABASE_URL: "postgresql://nobody@127.0.0.1:9/nothing" };
    const { code, stderr } = await konter(["money", ...args], nowhere);
    assert.equal(code, 2, stderr);
    assert.match(stderr, message);
  }
});
