/** Command: what every `konter <command>` is made of. */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { Refusal } from "../platform/refusal.ts";
import type { Terminal } from "./terminal.ts";

export interface Command {
  /** How it is called, e.g. `seed [--preview]`. */
  readonly usage: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What its own help says beyond that: options, what it changes, what it prints. */
  readonly details?: string;
  run(args: string[], terminal: Terminal): Promise<void>;
}

/** A wrong call: answered with the command's usage and exit code 2. */
export class UsageError extends Error {}

/** What is wrong has been printed: exit code 1 without another word. */
export class PrintedProblem extends Error {}

/** Reads a command's arguments. Throws a UsageError for what it does not know. */
export function readArgs<T extends ParseArgsConfig>(args: string[], config: T) {
  try {
    return parseArgs({ ...config, args, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function refused({ code, details }: Refusal): string {
  switch (code) {
    case "staff.unknown":
      return `nobody with the Discord id ${details.discord_id} works here: see \`konter staff list\``;
    case "key.unknown":
      return `there is no key ${details.key} that still works: see \`konter key list\``;
    case "order.unknown":
      return `there is no order ${details.order}: a code has 10 letters and digits, as on the receipt`;
    case "desk.unknown":
      return `nothing on the desk has the number ${details.item}: see \`konter desk list\``;
    case "desk.taken":
      return `${details.by} has taken number ${details.item} already`;
    case "desk.closed":
      return `number ${details.item} was closed by ${details.by}: see \`konter desk list --all\``;
    case "order.not_refundable":
      return `order ${details.order} is ${details.state}: there is no money of it to give back`;
    case "refund.too_much":
      return `that is more than is left of it: ${details.left}`;
    case "refund.again":
      return `${details.given} of it was given back before: say --again to give back another part`;
    case "refund.none_under_way":
      return `order ${details.order} has no refund to its source under way`;
    case "refund.in_flight":
      return "the gateway is being asked about it at this moment: try again in half a minute";
    case "refund.not_in_part":
      return "a part goes back after delivery only, and to saldo: leave --amount out for all of it";
    case "refund.no_source":
      return `order ${details.order} was paid from saldo: leave --to source out`;
    case "purchase.worked":
      return "the supplier has delivered: refund it when the order says so, without --purchase-failed, if you must";
    case "purchase.in_flight":
      return "the supplier is being asked at this moment: try again in half a minute";
    case "purchase.may_have_worked":
      return "its purchase was sent and may still deliver. Look into the supplier's own history; if it did not deliver, say --purchase-failed";
    case "block.exists":
      return "that is blocked already: see `konter risk list`";
    case "block.unknown":
      return "that is not blocked: see `konter risk list`";
    case "staff.role":
      return `--as names one whose role is ${details.role}: it needs ${details.needs}`;
    case "customer.unknown":
      return `there is no customer ${details.customer}: give their Discord id, or the id that \`konter order CODE\` shows`;
    case "money.too_little":
      return `${details.name} holds ${details.there}, and ${details.asked} cannot be taken from it. If it is so all the same, add --beyond`;
    case "money.ref_reused":
      return `--ref: that reference was used for something else: ${details.posted}. Nothing was changed`;
    case "saldo.too_little":
      return `the customer can spend ${details.there}: no more can be taken`;
    case "payment.unknown":
      return `there is no payment ${details.payment}: a reference begins with P, as \`konter order CODE\` shows it`;
    case "payment.several":
      return `several payments brought money for ${details.code}: name the one you mean: ${details.refs}`;
    case "payment.counted":
      return `--ref: the ${details.came} of ${details.payment} are in the books already: see \`konter order ${details.payment}\``;
    case "chargeback.no_money":
      return `no money came by ${details.payment}: there is nothing to take back`;
    case "chargeback.from_saldo":
      return `order ${details.order} was paid from saldo: name the deposit that filled it`;
    case "chargeback.again":
      return `${details.taken} of ${details.payment} is recorded as taken back already, and that happens once`;
    case "chargeback.not_applied":
      return `the money has come and order ${details.order} does not know of it yet: try again in a moment, with the shop running`;
    case "chargeback.refund_under_way":
      return `a refund of ${details.payment} to its source is under way: wait for it, or say how it ended with \`konter refund CODE --gateway-says\``;
    case "chargeback.not_in_part":
      return `order ${details.order} holds that money and cannot be delivered for a part of it: leave --amount out, or refund the order to saldo first`;
    case "order.charged_back":
      return `the payer's side took the money of order ${details.order} back already: the buyer would have it twice`;
    case "suspense.empty":
      return "no money lies in suspense under that reference: see `konter ledger suspense`";
    case "suspense.whose":
      return "--customer: say whose money it is; a short payment is its own buyer's";
    case "adjustment.again":
      return `just that was corrected at ${details.at}: say --again if it is meant a second time`;
    case "cashback.limit":
      return `${details.amount} would make ${details.sum} of cashback for that customer within a day, and ADJUSTMENT_LIMIT is ${details.limit}: use \`konter money give\`, which asks a second person`;
    case "proposal.unknown":
      return `there is no proposal ${details.proposal}: see \`konter money pending\``;
    case "proposal.ended":
      return `proposal ${details.proposal} has ended: ${details.ended} by ${details.by}`;
    case "proposal.own":
      return `who proposed ${details.proposal} cannot approve it: a second person must, from their own account of this machine`;
    default:
      return `refused: ${code} ${Object.values(details).join(", ")}`.trim();
  }
}

/** Tells the operator what went wrong. Returns the exit code: 2 for a wrong call, 1 for a failure. */
export function tellError(error: unknown, terminal: Terminal): number {
  if (!(error instanceof PrintedProblem)) terminal.say(explain(error));
  return error instanceof UsageError ? 2 : 1;
}

/** For what breaks in the background: it ends the process with a sentence. */
export function failOn(terminal: Terminal): (error: unknown) => never {
  return (error) => terminal.exit(tellError(error, terminal));
}

// What an operator can act on is a sentence; anything else keeps its stack.
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    const port = "port" in error ? `port ${error.port}` : "a port";
    return `${port} is taken: choose others with PORT, SIMULATOR_PORT and METRICS_PORT`;
  }
  if (error instanceof Refusal) return refused(error);
  return error.message || (error.stack ?? String(error));
}
