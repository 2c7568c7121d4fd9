/** Record: what the simulated Digiflazz remembers, and how it describes a purchase to its buyer. */
import { messageOf } from "./codes.ts";
import type { Purchase } from "./purchase.ts";

export interface Product {
  readonly buyer_sku_code: string;
  readonly product_name: string;
  readonly category: string;
  readonly brand: string;
  readonly type: string;
  readonly seller_name: string;
  readonly price: number;
  readonly buyer_product_status: boolean;
  readonly seller_product_status: boolean;
  readonly unlimited_stock: boolean;
  readonly stock: number;
  readonly multi: boolean;
  readonly start_cut_off: string;
  readonly end_cut_off: string;
  readonly desc: string;
}

/** What somebody changes in the dashboard: ours or the seller's. */
export type ProductChange = Partial<Omit<Product, "buyer_sku_code">>;

export interface DigiflazzBooks {
  balance: number;
  readonly purchases: Purchase[];
  /** What was changed in the dashboard, by product. */
  readonly changes: Record<string, ProductChange>;
  readonly lists: { count: number; limited_count: number; asked_at: Record<string, string> };
  readonly webhooks: {
    readonly event: string;
    readonly ref_id: string | null;
    readonly rc: string | null;
    readonly reply_status: number | null;
    readonly at: string;
  }[];
}

// Test mode has money of its own, always this much after the sale.
const testBalance = 990_000;

export function describePurchase(purchase: Purchase, balance: number) {
  return {
    ref_id: purchase.ref_id,
    customer_no: purchase.customer_no,
    buyer_sku_code: purchase.buyer_sku_code,
    message: messageOf(purchase.rc),
    status: purchase.status,
    rc: purchase.rc,
    sn: purchase.sn,
    buyer_last_saldo: purchase.testing ? testBalance : balance,
    price: purchase.price,
    tele: "@simulasi",
    wa: "081200000000",
  };
}
