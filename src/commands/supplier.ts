/** `konter supplier`: whom we buy from, what it asks now, and whether anything is sent to it. */
import { userInfo } from "node:os";
import { listOffers } from "../catalog/product.ts";
import { inTransaction } from "../platform/db.ts";
import { formatRupiah } from "../platform/money.ts";
import { textTable } from "../platform/table.ts";
import { describeSupplier } from "../suppliers/find.ts";
import { cutOffOf, obstacleTo } from "../suppliers/offer.ts";
import { pauseSupplier, resumeSupplier } from "../suppliers/pause.ts";
import { type SupplierName, supplierNames } from "../suppliers/supplier.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { type Shop, withShop } from "./operator.ts";

export const supplier: Command = {
  usage: "supplier list | pause NAME --reason TEXT | resume NAME --reason TEXT",
  summary: "see what suppliers ask now; send them nothing new, or go on",
  details: `A paused supplier is sent nothing new and its SKUs are not offered; what was sent is still asked about.
The shop pauses one by itself: until the float suffices again, or, when it refuses us as a whole, until
somebody has mended our set-up there and says \`resume\`.
  list           pauses, float and price list as last read, and each SKU with what keeps it from sale
  pause NAME     ${supplierNames.join(", ")}; orders that wait longer than ten minutes are refunded
  resume NAME    ends every pause of it
  --reason TEXT  why, for whoever reads the audit log`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { reason: { type: "string" } },
      allowPositionals: true,
    });
    const [verb = "", name, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer text`);
    if (verb === "list") {
      if (name !== undefined || values.reason !== undefined) {
        throw new UsageError("list takes nothing");
      }
      return withShop(terminal, list);
    }
    if (verb !== "pause" && verb !== "resume") throw new UsageError("say list, pause or resume");
    const known = supplierNames.find((one) => one === name);
    if (known === undefined) throw new UsageError(`NAME is one of ${supplierNames.join(", ")}`);
    const reason = values.reason?.trim();
    if (!reason) throw new UsageError("say why: --reason TEXT");
    return withShop(terminal, (shop) => (verb === "pause" ? pause : resume)(shop, known, reason));
  },
};

const by = () => ({ actor: "operator", origin: { machineUser: userInfo().username } }) as const;

async function pause(shop: Shop, name: SupplierName, reason: string): Promise<void> {
  const why = { cause: "staff" } as const;
  const paused = await inTransaction(shop.db, (tx) =>
    pauseSupplier(tx, shop, { supplier: name, why, reason, by: by() }),
  );
  shop.terminal.print(paused ? `${name} is paused.` : `${name} was paused by staff already.`);
}

async function resume(shop: Shop, name: SupplierName, reason: string): Promise<void> {
  const resumed = await inTransaction(shop.db, (tx) =>
    resumeSupplier(tx, shop, { supplier: name, reason, by: by() }),
  );
  shop.terminal.print(resumed ? `${name} is bought from again.` : `${name} was not paused.`);
}

async function list(shop: Shop): Promise<void> {
  const parts: string[] = [];
  for (const name of supplierNames) parts.push(await describe(shop, name));
  shop.terminal.print(parts.join("\n\n"));
}

async function describe({ db, clock }: Shop, name: SupplierName): Promise<string> {
  const now = clock.now();
  const [{ pauses, reading, offers }, ours] = await Promise.all([
    describeSupplier(db, name),
    listOffers(db),
  ]);
  const states = pauses.map((one) => {
    const end =
      one.needed_amount === null
        ? "until `konter supplier resume`"
        : `until the float is ${formatRupiah(one.needed_amount)}`;
    return `paused since ${one.paused_at.toISOString()} by ${one.paused_by} ${end}: ${one.reason}`;
  });
  const float =
    reading?.float_amount == null
      ? "not read yet"
      : `${formatRupiah(reading.float_amount)} at ${reading.float_read_at?.toISOString()}`;
  const problem = reading?.list_problem
    ? `; the newest cannot be read: ${reading.list_problem}`
    : "";
  const lines = [
    `${name}: ${states.join("; ") || "bought from"}`,
    `float: ${float}`,
    `price list: ${reading?.list_read_at?.toISOString() ?? "not read yet"}${problem}`,
  ];
  const byId = new Map(offers.map((offer) => [offer.skuId, offer]));
  const rows = ours.flatMap((sku) => {
    const offer = byId.get(sku.id);
    if (offer === undefined) return [];
    const { listPriceIdr: asks } = offer;
    const { costIdr } = sku;
    const difference = asks === null || costIdr === null ? null : asks - costIdr;
    const obstacle = obstacleTo(offer, costIdr ?? 0n, now);
    return [
      [
        sku.code,
        offer.supplierSku,
        obstacle === undefined ? "yes" : `no: ${whyNot[obstacle]}`,
        offer.disabledReason ?? closedHours(offer),
        amount(costIdr),
        amount(asks),
        difference === null ? "-" : `${difference > 0n ? "+" : ""}${difference}`,
      ],
    ];
  });
  if (rows.length === 0) return lines.join("\n");
  const head = ["SKU", "Theirs", "Buyable now", "Remark", "Our cost", "They ask", "Difference"];
  return `${lines.join("\n")}\n\n${textTable([head, ...rows], 4)}`;
}

const whyNot = {
  disabled: "they know no such SKU",
  not_offered: "not on offer",
  closed: "closed at this hour",
  dearer: "dearer than our cost",
} as const;

function closedHours(offer: Parameters<typeof cutOffOf>[0]): string {
  const cutOff = cutOffOf(offer);
  if (cutOff === undefined) return "-";
  return `closed ${hour(cutOff.fromMinute)}-${hour(cutOff.untilMinute)}`;
}

function hour(minute: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}

function amount(amountIdr: bigint | null): string {
  return amountIdr === null ? "-" : formatRupiah(amountIdr);
}
