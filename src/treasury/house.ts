/** House: the shop's own money in and out of the bank, gateways, floats and the inventory; cashback. */
import { type LedgerAccount, saldoOf } from "../ledger/chart.ts";
import type { Transfer } from "../ledger/transfer.ts";
import type { GatewayName } from "../payments/gateway.ts";
import type { Tx } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { SupplierName } from "../suppliers/supplier.ts";
import {
  type By,
  type Done,
  type MoneyAct,
  type MoneyDeps,
  postAct,
  postedWithinADay,
  refuseUnknownCustomer,
} from "./act.ts";
import { lockTreasury } from "./repository.ts";

/** Amounts in rupiah, above zero. */
export type HouseAct =
  | {
      readonly act: "owner_in" | "owner_out" | "codes_bought" | "codes_expired";
      readonly amountIdr: bigint;
    }
  /** `amountIdr` reached the bank; the gateway kept `feeIdr` besides. */
  | {
      readonly act: "settlement";
      readonly gateway: GatewayName;
      readonly amountIdr: bigint;
      readonly feeIdr: bigint;
    }
  | {
      readonly act: "float_deposit" | "supplier_fee";
      readonly supplier: SupplierName;
      readonly amountIdr: bigint;
    }
  /** More than `limitIdr` for a customer within a day is refused. */
  | {
      readonly act: "cashback";
      readonly customerId: string;
      readonly amountIdr: bigint;
      readonly limitIdr: bigint;
    };

/** What an act moves (design: money). `whose` tells one party's references from another's. */
function movesOf(act: HouseAct): { whose: string; moves: readonly Transfer[] } {
  const { amountIdr } = act;
  const move = (debit: LedgerAccount, credit: LedgerAccount, reason: string) => ({
    whose: "",
    moves: [{ debit, credit, amountIdr, key: act.act, reason }],
  });
  switch (act.act) {
    case "owner_in":
      return move("bank", "capital", "owner's money in");
    case "owner_out":
      return move("capital", "bank", "owner's money out");
    case "codes_bought":
      return move("inventory", "bank", "codes bought");
    case "codes_expired":
      return move("adjustments", "inventory", "codes expired");
    case "float_deposit":
      return {
        ...move(`float:${act.supplier}`, "bank", "float deposit"),
        whose: `${act.supplier}:`,
      };
    case "supplier_fee":
      return {
        ...move("supplier_fees", `float:${act.supplier}`, "supplier's fee"),
        whose: `${act.supplier}:`,
      };
    case "cashback":
      return {
        ...move("promotions", saldoOf(act.customerId), "cashback"),
        whose: `${act.customerId}:`,
      };
    case "settlement": {
      const from: LedgerAccount = `gateway:${act.gateway}`;
      const { moves } = move("bank", from, "settlement");
      const fee = { debit: "gateway_fees", credit: from, amountIdr: act.feeIdr } as const;
      return {
        whose: `${act.gateway}:`,
        moves: [...moves, { ...fee, key: "gateway_fee", reason: "gateway's fee" }],
      };
    }
    default:
      return act satisfies never;
  }
}

export interface DoHouseAct extends By {
  readonly act: HouseAct;
  /** The bank's or the party's own reference. The same again changes nothing. */
  readonly ref?: string;
  readonly reason?: string;
  readonly beyond: MoneyAct["beyond"];
}

/**
 * Posts such an act. Refuses a customer who is unknown, more cashback than one person may give, a reference
 * that was used with other numbers, and more than lies where it is taken from.
 */
export async function doHouseAct(tx: Tx, deps: MoneyDeps, input: DoHouseAct): Promise<Done> {
  const { act, ref, reason, beyond, ...by } = input;
  const { whose, moves } = movesOf(act);
  const name = `${whose}${ref ?? deps.ids.uuid()}`;
  const named = moves.map((move) => ({
    ...move,
    key: `${move.key}:${name}`,
    reason: [move.reason, reason, ref && `ref ${ref}`].filter(Boolean).join(" · "),
  }));
  if (act.act === "cashback") await refuseCashback(tx, deps, act, named);
  return postAct(tx, deps, {
    ...by,
    action: `money.${act.act}`,
    object: act.act === "cashback" ? `customer:${act.customerId}` : "treasury",
    transfers: named.filter((transfer) => transfer.amountIdr > 0n),
    keys: named.map((transfer) => transfer.key),
    beyond,
    ...(reason === undefined ? {} : { reason }),
  });
}

/** Refuses a customer who is unknown, and more than one person may give. A repeated reference gives nothing. */
async function refuseCashback(
  tx: Tx,
  deps: MoneyDeps,
  { customerId, amountIdr, limitIdr }: Extract<HouseAct, { act: "cashback" }>,
  [transfer]: readonly Transfer[],
): Promise<void> {
  await refuseUnknownCustomer(tx, customerId);
  if (transfer === undefined) return;
  await lockTreasury(tx);
  const { before, sumIdr } = await postedWithinADay(tx, deps, transfer);
  if (before.some((one) => one.key === transfer.key) || sumIdr + amountIdr <= limitIdr) return;
  throw new Refusal("cashback.limit", {
    ...{ field: "amount", amount: formatRupiah(amountIdr) },
    ...{ sum: formatRupiah(sumIdr + amountIdr), limit: formatRupiah(limitIdr) },
  });
}
