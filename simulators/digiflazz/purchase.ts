/** A Digiflazz purchase as the supplier keeps it: request rules, prices and what will come of it. Pure. */
import products from "./products.json" with { type: "json" };

export interface State {
  readonly status: "Sukses" | "Pending" | "Gagal";
  readonly rc: string;
}

/** `later` is where a pending purchase ends: told by webhook, or only found by asking again. */
export interface Course {
  readonly first: State;
  readonly later: (State & { readonly told: "by_webhook" | "when_asked" }) | null;
  readonly answerLost: boolean;
}

export interface Purchase {
  readonly ref_id: string;
  readonly trx_id: string;
  readonly buyer_sku_code: string;
  readonly customer_no: string;
  readonly testing: boolean;
  readonly price: number;
  status: State["status"];
  rc: string;
  sn: string;
  readonly later: Course["later"];
  readonly webhook: "once" | "webhook_drop" | "webhook_thrice" | "webhook_forged";
  readonly webhook_url: string | null;
  debit_count: number;
  request_count: number;
  hasty_inquiries: number;
  readonly created_at: string;
  asked_at: string;
}

const pending: State = { status: "Pending", rc: "03" };
const succeeded: State = { status: "Sukses", rc: "00" };
const failed = (rc: string): State => ({ status: "Gagal", rc });
const ended = (first: State): Course => ({ first, later: null, answerLost: false });
const later = (state: State, told: "by_webhook" | "when_asked" = "by_webhook"): Course => ({
  first: pending,
  later: { ...state, told },
  answerLost: false,
});

const coursesByPrefix: Record<string, Course> = {
  "99954": ended(failed("54")),
  "99953": ended(failed("53")),
  "99902": later(failed("02")),
  "99900": { ...later(succeeded), answerLost: true },
  "99903": later(succeeded, "when_asked"),
};

const testSku = "xld10";
const testCourses: Record<string, Course> = {
  "087800001230": ended(succeeded),
  "087800001232": ended(failed("02")),
  "087800001233": later(succeeded),
  "087800001234": later(failed("02")),
};

export const refused: Course = ended(failed("53"));

export function courseOf(customerNo: string, testing: boolean): Course {
  if (testing) return testCourses[customerNo] ?? ended(failed("54"));
  return coursesByPrefix[customerNo.slice(0, 5)] ?? later(succeeded);
}

export function priceOf(sku: string, testing: boolean): number | undefined {
  if (testing) return sku === testSku ? 10_000 : undefined;
  return products.find((product) => product.buyer_sku_code === sku)?.price;
}

export interface PurchaseRequest {
  readonly username: string;
  readonly buyer_sku_code: string;
  readonly customer_no: string;
  readonly ref_id: string;
  readonly sign: string;
  readonly testing: boolean;
  readonly max_price: number | undefined;
  readonly cb_url: string | null;
}

export type PurchaseReading =
  | { reading: "accepted"; request: PurchaseRequest }
  | { reading: "invalid"; validation: Record<string, string[]> };

export function readPurchaseRequest(body: Record<string, unknown>): PurchaseReading {
  const validation: Record<string, string[]> = {};
  function text(field: string): string {
    const value = body[field];
    if (typeof value === "string" && value !== "") return value;
    validation[field] = [`The ${field} field is required and must be a string.`];
    return "";
  }
  function flag(field: string): boolean {
    const value = body[field] ?? false;
    if (typeof value === "boolean") return value;
    validation[field] = [`The ${field} field must be true or false.`];
    return false;
  }
  const { max_price: maxPrice, cb_url: callbackUrl = null } = body;
  if (maxPrice !== undefined && !(Number.isInteger(maxPrice) && Number(maxPrice) > 0)) {
    validation.max_price = ["The max_price field must be a positive integer."];
  }
  if (callbackUrl !== null && !(typeof callbackUrl === "string" && URL.canParse(callbackUrl))) {
    validation.cb_url = ["The cb_url field must be a url."];
  }
  if (body.commands !== undefined) {
    validation.commands = ["This simulator sells prepaid products only."];
  }
  const number = text("customer_no");
  const request: PurchaseRequest = {
    username: text("username"),
    buyer_sku_code: text("buyer_sku_code"),
    customer_no: flag("allow_dot") ? number : number.replaceAll(".", ""),
    ref_id: text("ref_id"),
    sign: text("sign"),
    testing: flag("testing"),
    max_price: typeof maxPrice === "number" ? maxPrice : undefined,
    cb_url: typeof callbackUrl === "string" ? callbackUrl : null,
  };
  if (Object.keys(validation).length > 0) return { reading: "invalid", validation };
  return { reading: "accepted", request };
}
