/** `konter money`: the shop's money, where no order, deposit or refund moves it by itself. */
import { findCustomers } from "../customers/customer.ts";
import { type GatewayName, gatewayNames } from "../payments/gateway.ts";
import type { Db, Tx } from "../platform/db.ts";
import { createLog } from "../platform/log.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { textTable } from "../platform/table.ts";
import { actingStaff } from "../staff/staff.ts";
import type { ReportDeps } from "../suppliers/apply-report.ts";
import { type SupplierName, supplierNames } from "../suppliers/supplier.ts";
import type { By } from "../treasury/act.ts";
import {
  type Adjusted,
  adjustSaldo,
  approveProposal,
  cancelProposal,
  openProposals,
} from "../treasury/adjust.ts";
import { chargeBack, findMeantPayment } from "../treasury/chargeback.ts";
import { doHouseAct, type HouseAct } from "../treasury/house.ts";
import { resolveSuspense, suspend } from "../treasury/suspense.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { doAndTell, type Told } from "./money-table.ts";
import { type Shop, withShop } from "./operator.ts";

const longestText = 200;
const longestRef = 100;

const options = {
  "dry-run": { type: "boolean" },
  as: { type: "string" },
  ref: { type: "string" },
  reason: { type: "string" },
  beyond: { type: "boolean" },
  again: { type: "boolean" },
  fee: { type: "string" },
  to: { type: "string" },
  customer: { type: "string" },
  amount: { type: "string" },
  "purchase-failed": { type: "boolean" },
} as const;

type Option = keyof typeof options;
type Values = { [O in Option]?: (typeof options)[O]["type"] extends "string" ? string : boolean };
type Deps = ReportDeps & Pick<Shop, "config">;
/** What a call asks for, read and found to be well formed. */
type Work = (tx: Tx, deps: Deps, by: By) => Promise<Told>;

interface Verb {
  /** What follows it, one word each. */
  readonly takes: readonly string[];
  readonly does: string;
  /** Beyond --dry-run, --as and --reason. */
  readonly options: readonly Option[];
  read(words: readonly string[], values: Values): Work;
}

const real: readonly Option[] = ["ref", "beyond"];

const verbs: Readonly<Record<string, Verb>> = {
  "owner-in": house(["AMOUNT"], "the owner puts money into the bank", ([amount]) => ({
    ...{ act: "owner_in", amountIdr: readAmount(amount) },
  })),
  "owner-out": house(["AMOUNT"], "the owner takes money out of the bank", ([amount]) => ({
    ...{ act: "owner_out", amountIdr: readAmount(amount) },
  })),
  settle: house(
    ["GATEWAY", "AMOUNT"],
    "a gateway paid AMOUNT into the bank, and kept --fee RUPIAH",
    ([gateway, amount], { fee }) => ({
      ...{ act: "settlement", gateway: readGateway(gateway), amountIdr: readAmount(amount) },
      feeIdr: fee === undefined ? 0n : readAmount(fee, "--fee"),
    }),
    ["fee"],
  ),
  float: house(
    ["SUPPLIER", "AMOUNT"],
    "money from the bank into our float at a supplier",
    ([supplier, amount]) => ({
      ...{ act: "float_deposit", supplier: readSupplier(supplier), amountIdr: readAmount(amount) },
    }),
  ),
  "supplier-fee": house(
    ["SUPPLIER", "AMOUNT"],
    "what a supplier charges besides, from the float",
    ([supplier, amount]) => ({
      ...{ act: "supplier_fee", supplier: readSupplier(supplier), amountIdr: readAmount(amount) },
    }),
  ),
  "codes-bought": house(["AMOUNT"], "codes bought from the bank, at cost", ([amount]) => ({
    ...{ act: "codes_bought", amountIdr: readAmount(amount) },
  })),
  "codes-expired": house(["AMOUNT"], "codes that can be sold no more, at cost", ([amount]) => ({
    ...{ act: "codes_expired", amountIdr: readAmount(amount) },
  })),
  cashback: {
    takes: ["CUSTOMER", "AMOUNT"],
    does: "a gift to a customer's saldo, from promotions",
    options: ["ref"],
    read([customer, amount], values) {
      const [find, amountIdr] = [readCustomer(customer), readAmount(amount)];
      const more = houseOptions(values);
      return async (tx, deps, by) => {
        const limitIdr = deps.config.adjustmentLimitIdr;
        const act = { act: "cashback", customerId: await find(tx), amountIdr, limitIdr } as const;
        return doHouseAct(tx, deps, { ...by, ...more, act });
      };
    },
  },
  give: adjust("give", "correct a customer's saldo upwards; --reason says why"),
  take: adjust("take", "correct it downwards, by at most what they can spend"),
  chargeback: {
    takes: ["CODE"],
    does: "a payer took their money back: CODE of the order or deposit, or the payment's reference",
    options: ["amount", "purchase-failed"],
    read([code = ""], values) {
      const reason = needReason(values);
      const { amount } = values;
      const part = amount === undefined ? {} : { amountIdr: readAmount(amount, "--amount") };
      const saysPurchaseFailed = values["purchase-failed"] ?? false;
      return async (tx, deps, by) => {
        const { id: paymentId } = await findMeantPayment(tx, code);
        const wish = { ...by, ...part, paymentId, reason, saysPurchaseFailed };
        const done = await chargeBack(tx, deps, wish);
        const lost = done.transfers.some(({ debit }) => debit === "chargebacks");
        return lost ? { ...done, says: "What the shop lost lies on the desk." } : done;
      };
    },
  },
  unexplained: {
    takes: ["GATEWAY", "AMOUNT"],
    does: "a gateway reports money that nobody knows, under --ref: it goes to suspense",
    options: ["ref"],
    read([gateway, amount], values) {
      const reason = needReason(values);
      const ref = readRef(values);
      if (ref === undefined) throw new UsageError("--ref is what the gateway calls that money");
      const wish = { gateway: readGateway(gateway), amountIdr: readAmount(amount), ref, reason };
      return (tx, deps, by) => suspend(tx, deps, { ...by, ...wish });
    },
  },
  resolve: {
    takes: ["REF"],
    does: "what lies in suspense under REF goes --to customer [--customer CUSTOMER] or --to gateway",
    options: ["to", "customer"],
    read([ref = ""], values) {
      const reason = needReason(values);
      const { to, customer } = values;
      if (to !== "customer" && to !== "gateway") {
        throw new UsageError("--to is customer or gateway");
      }
      if (customer !== undefined && to === "gateway") {
        throw new UsageError("--customer belongs to --to customer");
      }
      const find = customer === undefined ? undefined : readCustomer(customer);
      return async (tx, deps, by) => {
        const whose = find === undefined ? {} : { customerId: await find(tx) };
        return resolveSuspense(tx, deps, { ...by, ...whose, ref, to, reason });
      };
    },
  },
  approve: {
    takes: ["NUMBER"],
    does: "let a large correction take effect; its proposer cannot",
    options: [],
    read([number]) {
      const proposalNumber = readNumber(number);
      return async (tx, deps, by) => {
        const { transfers } = await approveProposal(tx, deps, { ...by, proposalNumber });
        return { outcome: "posted", transfers };
      };
    },
  },
  cancel: {
    takes: ["NUMBER"],
    does: "end one that waits without effect",
    options: [],
    read([number]) {
      const proposalNumber = readNumber(number);
      return async (tx, deps, by) => {
        await cancelProposal(tx, deps, { ...by, proposalNumber });
        return { outcome: "cancelled", transfers: [], says: `Proposal ${number} is cancelled.` };
      };
    },
  },
};

const callOf = ([name, verb]: [string, Verb]) => [name, ...verb.takes].join(" ");
const overview = () => {
  const rows = Object.entries(verbs).map((entry) => [`  ${callOf(entry)}`, entry[1].does]);
  return textTable([...rows, ["  pending", "the large corrections that wait"]], 2);
};

export const money: Command = {
  usage: "money [VERB …]",
  summary: "move the shop's own money, record chargebacks, correct a saldo",
  details: `${overview()}
AMOUNT is whole rupiah; CUSTOMER a Discord id or a customer's id.
  --dry-run           show what it would move, and change nothing
  --reason TEXT       why, at most ${longestText} characters; needed where a customer's money is decided about
  --ref TEXT          the bank's or the party's own reference: the same again changes nothing
  --again             with give and take: the same amount within a day is meant a second time
  --beyond            take more than the books say lies there
  --as DISCORD_ID     the owner or admin for whom you act; you are told apart by your account of this machine
  --amount RUPIAH     with chargeback: a part of what came
  --purchase-failed   with chargeback: you know from the supplier itself that it did not deliver
A correction that makes more than ADJUSTMENT_LIMIT for a customer within a day is a proposal: a second person approves it, from another account of this
machine; where at most one person works, it takes effect by itself after 24 hours.`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, { allowPositionals: true, options });
    const [name, ...words] = positionals;
    if (name === undefined) {
      if (Object.keys(values).length > 0) throw new UsageError("say what to do first");
      return terminal.print(`konter money …\n${overview()}\n\nMore: konter help money`);
    }
    if (name === "pending") {
      if (words.length + Object.keys(values).length > 0) {
        throw new UsageError("pending takes nothing else");
      }
      return withShop(terminal, pending);
    }
    const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
    if (verb === undefined) throw new UsageError(`${name} is not something to do with money`);
    refuseStray(name, verb, words, values);
    const work = verb.read(words, values);
    if (values.reason !== undefined) needReason(values);
    await withShop(terminal, (shop) => run(shop, work, values));
  },
};

function refuseStray(name: string, verb: Verb, words: readonly string[], values: Values): void {
  const missing = verb.takes[words.length];
  if (missing !== undefined) throw new UsageError(`${name} needs ${missing}`);
  const extra = words.slice(verb.takes.length);
  if (extra.length > 0) throw new UsageError(`${extra.join(" ")} is too much: quote a longer text`);
  const known: readonly string[] = ["dry-run", "as", "reason", ...verb.options];
  const stray = Object.keys(values).find((option) => !known.includes(option));
  if (stray !== undefined) throw new UsageError(`--${stray} does not belong to ${name}`);
}

async function run(shop: Shop, work: Work, values: Values): Promise<void> {
  const { terminal, db } = shop;
  const log = createLog({ level: "warn", terminal: terminal.screen });
  const deps = { ...shop, log };
  const printed = await doAndTell(
    db,
    async (tx) => work(tx, deps, await actingAs(tx, values.as, terminal.machineUser())),
    { dryRun: values["dry-run"] ?? false },
  );
  terminal.print(printed);
}

async function actingAs(db: Db, discordId: string | undefined, machineUser: string): Promise<By> {
  const origin = { machineUser };
  if (discordId === undefined) return { actor: "operator", origin };
  const { staffId } = await actingStaff(db, { discordId, roles: ["owner", "admin"] });
  return { actor: `staff:${staffId}`, origin };
}

function house(
  takes: readonly string[],
  does: string,
  read: (words: readonly string[], values: Values) => HouseAct,
  more: readonly Option[] = [],
): Verb {
  return {
    takes,
    does,
    options: [...real, ...more],
    read(words, values) {
      const wish = { act: read(words, values), ...houseOptions(values) };
      return (tx, deps, by) => doHouseAct(tx, deps, { ...by, ...wish });
    },
  };
}

function houseOptions(values: Values) {
  const ref = readRef(values);
  const reason = values.reason?.trim();
  return {
    beyond: values.beyond ? ("allowed" as const) : ("refused" as const),
    ...(ref === undefined ? {} : { ref }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function adjust(direction: "give" | "take", does: string): Verb {
  return {
    takes: ["CUSTOMER", "AMOUNT"],
    does,
    options: ["again"],
    read([customer, amount], values) {
      const [find, amountIdr] = [readCustomer(customer), readAmount(amount)];
      const reason = needReason(values);
      const again = values.again ?? false;
      return async (tx, deps, by) => {
        const customerId = await find(tx);
        const limitIdr = deps.config.adjustmentLimitIdr;
        const wish = { ...by, customerId, direction, amountIdr, reason, limitIdr, again };
        return tellAdjusted(await adjustSaldo(tx, deps, wish), limitIdr);
      };
    },
  };
}

function tellAdjusted(adjusted: Adjusted, limitIdr: bigint): Told {
  if (adjusted.outcome !== "proposed") return adjusted;
  const { number, takes_effect_at: takesEffectAt } = adjusted.proposal;
  const next =
    takesEffectAt === null
      ? `A second person lets it take effect: konter money approve ${number}`
      : `It takes effect by itself at ${takesEffectAt.toISOString()}, with the shop running. Until then: konter money cancel ${number}`;
  const why = `More than ${formatRupiah(limitIdr)} for a customer within a day is not one person's alone`;
  return {
    ...adjusted,
    says: `${why}: this is proposal ${number}, and nothing is posted.\n${next}`,
  };
}

async function pending({ db, terminal }: Shop): Promise<void> {
  const proposals = await openProposals(db);
  if (proposals.length === 0) return terminal.print("No correction waits.");
  const rows = proposals.map((one) => [
    String(one.number),
    `${one.direction} ${formatRupiah(one.amount)}`,
    one.customer_id,
    [one.proposed_by, one.proposed_from].filter(Boolean).join(" "),
    one.takes_effect_at?.toISOString() ?? "when approved",
    one.reason,
  ]);
  terminal.print(textTable([["No.", "What", "Customer", "By", "Takes effect", "Why"], ...rows], 6));
}

// "20.000" is twenty thousand in Jakarta and twenty in London.
function readAmount(text = "", what = "AMOUNT"): bigint {
  const amountIdr = /^\d{1,12}$/.test(text) ? BigInt(text) : 0n;
  if (amountIdr > 0n) return amountIdr;
  throw new UsageError(`${what} is whole rupiah in digits only, e.g. 20000, not "${text}"`);
}

function readGateway(text: string | undefined): GatewayName {
  const known = gatewayNames.find((name) => name === text);
  if (known === undefined) throw new UsageError(`GATEWAY is one of ${gatewayNames.join(", ")}`);
  return known;
}

function readSupplier(text: string | undefined): SupplierName {
  const known = supplierNames.find((name) => name === text);
  if (known === undefined) throw new UsageError(`SUPPLIER is one of ${supplierNames.join(", ")}`);
  return known;
}

function readCustomer(text = ""): (db: Db) => Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return async () => text;
  if (!/^\d{17,20}$/.test(text)) {
    throw new UsageError(`CUSTOMER is a Discord id or a customer's id, not "${text}"`);
  }
  return async (db) => {
    const [customer] = await findCustomers(db, [text]);
    if (customer === undefined) throw new Refusal("customer.unknown", { customer: text });
    return customer.id;
  };
}

function readRef({ ref: given }: Values): string | undefined {
  const ref = given?.trim();
  if (ref === undefined || (ref !== "" && ref.length <= longestRef)) return ref;
  throw new UsageError(`--ref has 1 to ${longestRef} characters`);
}

function needReason({ reason: given }: Values): string {
  const reason = given?.trim() ?? "";
  if (reason !== "" && reason.length <= longestText) return reason;
  throw new UsageError(`say why: --reason TEXT, at most ${longestText} characters`);
}

// What fits PostgreSQL's int with certainty.
function readNumber(text = ""): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError("NUMBER is what `konter money pending` shows");
}
