/** Digiflazz' shelf: what is sold, for how much and when, and the price list with its limits. */
import type { Books } from "../books.ts";
import { isRecord } from "../wire.ts";
import listed from "./products.json" with { type: "json" };
import type { DigiflazzBooks, Product, ProductChange } from "./record.ts";

const usual = {
  category: "Games",
  type: "Umum",
  seller_name: "Toko Simulasi",
  buyer_product_status: true,
  seller_product_status: true,
  unlimited_stock: true,
  stock: 0,
  multi: true,
  // Both of these are seen in real lists, and both mean that it never closes.
  start_cut_off: "0:0",
  end_cut_off: "00:00",
  desc: "-",
};

const fullListEveryMs = 5 * 60_000;
const oneCodeEveryMs = 1_000;
const filters = ["code", "category", "brand", "type"] as const;

export function createShelf(books: Books<DigiflazzBooks>, now: () => Date) {
  const { data } = books;
  const products = (): Product[] =>
    listed.map((product) => ({ ...usual, ...product, ...data.changes[product.buyer_sku_code] }));
  const find = (sku: string) => products().find((product) => product.buyer_sku_code === sku);

  return {
    find,
    /** Undefined when there is no such product, or the change says what cannot be. */
    change(order: Record<string, unknown>): Product | undefined {
      const { buyer_sku_code: sku, ...change } = order;
      const product = typeof sku === "string" ? find(sku) : undefined;
      if (product === undefined || !isChange(product, change)) return undefined;
      data.changes[product.buyer_sku_code] = {
        ...data.changes[product.buyer_sku_code],
        ...change,
      };
      books.save();
      return find(product.buyer_sku_code);
    },
    /** Takes one of a limited stock. */
    take(product: Product): void {
      if (product.unlimited_stock) return;
      const { buyer_sku_code: sku, stock } = product;
      data.changes[sku] = { ...data.changes[sku], stock: stock - 1 };
    },
    /** The list as it is asked for, or undefined when it is asked for too often. */
    list(filter: Readonly<Partial<Record<(typeof filters)[number], string>>>) {
      const whole = filters.every((name) => filter[name] === undefined);
      const slot = whole ? "" : filter.code;
      if (slot !== undefined) {
        const asked = data.lists.asked_at[slot];
        const everyMs = whole ? fullListEveryMs : oneCodeEveryMs;
        if (asked !== undefined && now().getTime() - Date.parse(asked) < everyMs) {
          data.lists.limited_count += 1;
          books.save();
          return undefined;
        }
        data.lists.asked_at[slot] = now().toISOString();
      }
      data.lists.count += 1;
      books.save();
      const { code, ...others } = filter;
      const wanted = { ...others, ...(code === undefined ? {} : { buyer_sku_code: code }) };
      return products().filter((product) =>
        Object.entries(wanted).every(([field, value]) => product[field as keyof Product] === value),
      );
    },
  };
}

/** True within the daily window, which may have midnight in it. The hours are those of Jakarta. */
export function isClosed(product: Product, now: Date): boolean {
  const minutes = (hour: string) => {
    const [hours = 0, rest = 0] = hour.split(":").map(Number);
    return hours * 60 + rest;
  };
  const [from, until] = [minutes(product.start_cut_off), minutes(product.end_cut_off)];
  const here = jakarta(now);
  const minute = here.getUTCHours() * 60 + here.getUTCMinutes();
  if (from === until) return false;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

export function dayInJakarta(now: Date): string {
  return jakarta(now).toISOString().slice(0, 10);
}

/** A date whose UTC fields are those of Jakarta's clocks. */
function jakarta(now: Date): Date {
  return new Date(now.getTime() + 7 * 3600_000);
}

function isChange(product: Product, change: Record<string, unknown>): change is ProductChange {
  const known: Record<string, unknown> = { ...product };
  return (
    isRecord(change) &&
    Object.entries(change).every(
      ([field, value]) => field in known && typeof value === typeof known[field],
    )
  );
}
