/** A Digiflazz purchase as the supplier keeps it: request rules and what will come of it. Pure. */
export interface State {
  readonly status: "Sukses" | "Pending" | "Gagal";
  readonly rc: string;
}

/** What becomes of a purchase by itself: told by webhook, or only found by asking again. */
export interface Turn extends State {
  readonly told: "by_webhook" | "when_asked";
  /** Since it was formed. */
  readonly after_ms: number;
}

export interface Course {
  readonly first: State;
  readonly turns: readonly Turn[];
  readonly answerLost: boolean;
}

/** How the webhooks of a purchase go: a `create` too, or wrongly. */
export const webhookWays = [
  "webhook_drop",
  "webhook_thrice",
  "webhook_forged",
  "webhook_unsigned",
  "webhook_create",
  "webhook_out_of_order",
  "webhook_first",
] as const;

export type WebhookWay = "once" | (typeof webhookWays)[number];

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
  /** Those that are still to come, in this order. */
  turns: readonly Turn[];
  readonly webhook: WebhookWay;
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

const soonMs = 1_000;
const aMinuteMs = 60_000;
const byWebhook = (state: State, after_ms = soonMs): Turn => ({
  ...state,
  told: "by_webhook",
  after_ms,
});
const whenAsked = (state: State): Turn => ({ ...state, told: "when_asked", after_ms: aMinuteMs });
const course = (first: State, ...turns: Turn[]): Course => ({ first, turns, answerLost: false });

// Failures at once, recorded; what a buyer's number or the seller can cause.
const failing = "01 51 52 53 54 55 57 58 59 60 71 72 73 84 85".split(" ");

const coursesByPrefix: Readonly<Record<string, Course>> = {
  ...Object.fromEntries(failing.map((rc) => [`999${rc}`, course(failed(rc))])),
  "99902": course(pending, byWebhook(failed("02"))),
  "99900": { ...course(pending, byWebhook(succeeded)), answerLost: true },
  "99903": course(pending, whenAsked(succeeded)),
  "99970": course(failed("70"), whenAsked(succeeded)),
  "99974": course(pending, byWebhook(succeeded), byWebhook(failed("74"), aMinuteMs)),
  "99999": course({ status: "Pending", rc: "99" }, byWebhook(succeeded)),
};

const rejections = new Set("47 56 62 63 65 66 67 68 80 87".split(" "));

/** The code with which a number that asks for it is rejected, whatever the product. */
export function rejectionOf(customerNo: string): string | undefined {
  const rc = /^999(\d\d)/.exec(customerNo)?.[1] ?? "";
  return rejections.has(rc) ? rc : undefined;
}

export const testSku = "xld10";
export const testPrice = 10_000;
const testCourses: Readonly<Record<string, Course>> = {
  "087800001230": course(succeeded),
  "087800001232": course(failed("02")),
  "087800001233": course(pending, byWebhook(succeeded)),
  "087800001234": course(pending, byWebhook(failed("02"))),
};

export const failedCourse = (rc: string): Course => course(failed(rc));

export function courseOf(customerNo: string, testing: boolean): Course {
  if (testing) return testCourses[customerNo] ?? failedCourse("54");
  return coursesByPrefix[customerNo.slice(0, 5)] ?? course(pending, byWebhook(succeeded));
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
