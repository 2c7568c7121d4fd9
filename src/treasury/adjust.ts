/** Adjust: staff correct a customer's saldo. A large correction is not one person's alone. */
import { lockCustomer } from "../customers/customer.ts";
import { openItem, settleItem } from "../desk/item.ts";
import { saldoOf } from "../ledger/chart.ts";
import { post, saldo, type Transfer } from "../ledger/transfer.ts";
import { type Database, type Db, inTransaction, type Tx } from "../platform/db.ts";
import { dropWaiting, enqueue, RunAgain } from "../platform/jobs.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import { listStaff } from "../staff/staff.ts";
import {
  type By,
  type Done,
  type MoneyDeps,
  postedWithinADay,
  recordMoneyAct,
  refuseUnknownCustomer,
} from "./act.ts";
import { aloneWaitMs, type Direction, isSamePerson, type Proposal } from "./proposal.ts";
import {
  endProposal,
  insertProposal,
  lockProposal,
  lockTreasury,
  selectOpenProposals,
} from "./repository.ts";

export interface Adjust extends By {
  readonly customerId: string;
  /** `give`: adjustments → customer. `take`: the other way, at most what can be spent. */
  readonly direction: Direction;
  readonly amountIdr: bigint;
  readonly reason: string;
  /** The most that one customer is given, or that is taken, within a day by one person, in rupiah. */
  readonly limitIdr: bigint;
  /** The same was meant a second time. */
  readonly again: boolean;
}

export type Adjusted =
  | Done
  /** Nothing is posted yet: these transfers would be. */
  | {
      readonly outcome: "proposed";
      readonly proposal: Proposal;
      readonly transfers: readonly Transfer[];
    };

const jobName = "treasury.applyAdjustment";

/**
 * Corrects a saldo at once up to the limit, else proposes it. Refuses a customer who is unknown, taking more
 * than they can spend, and what was corrected within a day already, unless it is meant again.
 */
export async function adjustSaldo(tx: Tx, deps: MoneyDeps, input: Adjust): Promise<Adjusted> {
  const { customerId, direction, amountIdr, reason, limitIdr, again, ...by } = input;
  await refuseUnknownCustomer(tx, customerId);
  await lockTreasury(tx);
  const id = deps.ids.uuid();
  const transfer = transferOf({ id, customer_id: customerId, direction, reason }, amountIdr);
  const transfers = [transfer];
  await refuseTakingTooMuch(tx, { customerId, direction, amountIdr });
  const { before, sumIdr } = await postedWithinADay(tx, deps, transfer);
  const same = before.find((one) => one.amountIdr === amountIdr);
  if (same !== undefined && !again) {
    throw new Refusal("adjustment.again", { field: "again", at: same.postedAt.toISOString() });
  }
  const object = `customer:${customerId}`;
  if (sumIdr + amountIdr <= limitIdr) {
    await post(tx, deps, transfers);
    const action = `money.${direction}`;
    await recordMoneyAct(tx, deps, { ...by, action, object, transfers, reason });
    return { outcome: "posted", transfers };
  }
  const proposal = await propose(tx, deps, input, id);
  await recordMoneyAct(tx, deps, { ...by, action: "money.propose", object, transfers, reason });
  return { outcome: "proposed", proposal, transfers };
}

async function propose(tx: Tx, deps: MoneyDeps, input: Adjust, id: string): Promise<Proposal> {
  const { customerId, direction, amountIdr, reason, actor, origin } = input;
  const now = deps.clock.now();
  const alone = (await listStaff(tx)).length <= 1;
  const takesEffectAt = alone ? new Date(now.getTime() + aloneWaitMs) : null;
  const row = await insertProposal(tx, {
    ...{ id, direction, reason, customer_id: customerId, amount: amountIdr },
    ...{ proposed_by: actor, proposed_from: origin?.machineUser ?? null },
    ...{ proposed_at: now, takes_effect_at: takesEffectAt },
  });
  if (takesEffectAt !== null) {
    const payload = { proposalId: id };
    await enqueue(tx, deps, { name: jobName, key: id, payload, runAt: takesEffectAt });
  }
  await openItem(tx, deps, {
    kind: "adjustment_waiting",
    subject: subjectOf(id),
    details: {
      proposal: String(row.number),
      what: `${direction} ${formatRupiah(amountIdr)}`,
      customer: customerId,
      takes_effect: takesEffectAt?.toISOString() ?? "when a second person approves it",
    },
  });
  return row;
}

/** Lets a proposal take effect. Refuses its proposer, by name or by the machine account they work from. */
export async function approveProposal(
  tx: Tx,
  deps: MoneyDeps,
  input: By & { proposalNumber: number },
): Promise<{ proposal: Proposal; transfers: readonly Transfer[] }> {
  const { proposalNumber, ...by } = input;
  const proposal = await lockOpen(tx, proposalNumber);
  if (isSamePerson(proposal, by)) {
    throw new Refusal("proposal.own", { proposal: String(proposalNumber) });
  }
  const transfers = await apply(tx, deps, proposal);
  await end(tx, deps, proposal, { ...by, ending: "approved" });
  await record(tx, deps, proposal, { ...by, action: "money.approve", transfers });
  return { proposal, transfers };
}

/** Ends a proposal without effect. Anybody may, its proposer too. */
export async function cancelProposal(
  tx: Tx,
  deps: MoneyDeps,
  input: By & { proposalNumber: number },
): Promise<Proposal> {
  const { proposalNumber, ...by } = input;
  const proposal = await lockOpen(tx, proposalNumber);
  await end(tx, deps, proposal, { ...by, ending: "cancelled" });
  await record(tx, deps, proposal, { ...by, action: "money.cancel", transfers: [] });
  return proposal;
}

/** Job `treasury.applyAdjustment`: a proposal of somebody who works alone has waited long enough. */
export async function applyAdjustment(
  db: Database,
  deps: MoneyDeps,
  input: { proposalId: string },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const proposal = await lockProposal(tx, "id", input.proposalId);
    if (proposal?.ending !== null || proposal.takes_effect_at === null) return;
    const waitMs = proposal.takes_effect_at.getTime() - deps.clock.now().getTime();
    if (waitMs > 0) throw new RunAgain(waitMs);
    const by = { actor: "system" } as const;
    const transfers = await apply(tx, deps, proposal);
    await end(tx, deps, proposal, { ...by, ending: "took_effect" });
    await record(tx, deps, proposal, { ...by, action: "money.take_effect", transfers });
  });
}

/** Proposals that wait, oldest first. */
export async function openProposals(db: Db): Promise<Proposal[]> {
  return selectOpenProposals(db);
}

async function lockOpen(tx: Tx, proposalNumber: number): Promise<Proposal> {
  const proposal = String(proposalNumber);
  const row = await lockProposal(tx, "number", proposalNumber);
  if (row === undefined) throw new Refusal("proposal.unknown", { proposal });
  if (row.ending !== null) {
    const ended = row.ending.replace("_", " ");
    throw new Refusal("proposal.ended", { proposal, ended, by: row.ended_by ?? "" });
  }
  return row;
}

async function apply(tx: Tx, deps: MoneyDeps, proposal: Proposal): Promise<readonly Transfer[]> {
  const { customer_id: customerId, direction, amount: amountIdr } = proposal;
  await refuseTakingTooMuch(tx, { customerId, direction, amountIdr });
  const transfers = [transferOf(proposal, amountIdr)];
  await post(tx, deps, transfers);
  return transfers;
}

async function end(
  tx: Tx,
  deps: MoneyDeps,
  proposal: Proposal,
  { ending, actor, origin }: By & { ending: NonNullable<Proposal["ending"]> },
): Promise<void> {
  const endedFrom = origin?.machineUser ?? null;
  const now = deps.clock.now();
  await endProposal(tx, proposal.id, { ending, endedBy: actor, endedFrom, now });
  await dropWaiting(tx, jobName, [proposal.id]);
  const resolution = ending.replace("_", " ");
  const subject = subjectOf(proposal.id);
  await settleItem(tx, deps, { kind: "adjustment_waiting", subject, resolution });
}

async function record(
  tx: Tx,
  deps: MoneyDeps,
  { id, reason }: Proposal,
  act: By & { action: string; transfers: readonly Transfer[] },
): Promise<void> {
  await recordMoneyAct(tx, deps, { ...act, object: subjectOf(id), reason });
}

const subjectOf = (proposalId: string) => `adjustment:${proposalId}`;

function transferOf(
  of: Pick<Proposal, "id" | "customer_id" | "direction" | "reason">,
  amountIdr: bigint,
): Transfer {
  const customer = saldoOf(of.customer_id);
  const [debit, credit] =
    of.direction === "give"
      ? (["adjustments", customer] as const)
      : ([customer, "adjustments"] as const);
  return { debit, credit, amountIdr, key: subjectOf(of.id), reason: `adjustment: ${of.reason}` };
}

async function refuseTakingTooMuch(
  tx: Tx,
  wish: Pick<Adjust, "customerId" | "direction" | "amountIdr">,
): Promise<void> {
  if (wish.direction === "give") return;
  await lockCustomer(tx, wish.customerId);
  const availableIdr = await saldo(tx, wish.customerId);
  if (wish.amountIdr <= availableIdr) return;
  throw new Refusal("saldo.too_little", { field: "amount", there: formatRupiah(availableIdr) });
}
