/** The phone's wallet: reads a QR from real pixels and pays at the simulated gateway. */
import { callJson, HttpProblem } from "./http.ts";

export type BillSource = { readonly qr: string } | { readonly url: string };

export interface Bill {
  readonly transaction_id: string;
  readonly merchant_name: string;
  readonly amount: number;
  readonly status: "pending" | "settlement" | "expire" | "cancel";
  readonly expires_at: string;
}

export type WalletProblem = "no_qr" | "unknown" | "expired" | "paid" | "cancelled" | "unreachable";

export type Opened =
  | { readonly outcome: "bill"; readonly bill: Bill }
  | { readonly outcome: WalletProblem; readonly bill?: Bill };

export async function openBill(midtransUrl: string, source: BillSource): Promise<Opened> {
  try {
    const bill = await callJson<Bill>(`${midtransUrl}/_wallet/open`, "POST", source);
    switch (bill.status) {
      case "pending":
        return { outcome: "bill", bill };
      case "settlement":
        return { outcome: "paid", bill };
      case "expire":
        return { outcome: "expired", bill };
      case "cancel":
        return { outcome: "cancelled", bill };
      default:
        return bill.status satisfies never;
    }
  } catch (problem) {
    const refused = problem instanceof HttpProblem && problem.status < 500;
    return { outcome: refused ? "unknown" : "unreachable" };
  }
}

export async function payBill(
  midtransUrl: string,
  source: BillSource,
  bill: Bill,
): Promise<"success" | WalletProblem> {
  try {
    const body = { transaction_id: bill.transaction_id };
    await callJson<unknown>(`${midtransUrl}/_wallet/pay`, "POST", body);
    return "success";
  } catch (problem) {
    if (!(problem instanceof HttpProblem) || problem.status !== 409) return "unreachable";
    // The refusal does not say why in a form to branch on; the bill's own status does.
    const again = await openBill(midtransUrl, source);
    return again.outcome === "bill" ? "unreachable" : again.outcome;
  }
}

/** The customer refuses. Tells how the bill stands afterwards. */
export async function declineBill(
  midtransUrl: string,
  source: BillSource,
  { transaction_id }: Bill,
): Promise<WalletProblem> {
  // Whether it was still open or not, the bill's own status says how it ended.
  await callJson<unknown>(`${midtransUrl}/_wallet/decline`, "POST", { transaction_id }).catch(
    () => {},
  );
  const { outcome } = await openBill(midtransUrl, source);
  return outcome === "bill" ? "unreachable" : outcome;
}

/** Money arrives for a bill that is over. False when nobody answers. */
export async function sendMoney(midtransUrl: string, { transaction_id }: Bill): Promise<boolean> {
  const order = { order_id: transaction_id };
  return callJson<unknown>(`${midtransUrl}/_control/settle`, "POST", order).then(
    () => true,
    () => false,
  );
}

/** The text of the first picture that is a readable QR. */
export async function scanPictures(urls: readonly string[]): Promise<string | undefined> {
  for (const url of urls) {
    const text = await readQr(url).catch(() => undefined);
    if (text) return text;
  }
  return undefined;
}

async function readQr(url: string): Promise<string | undefined> {
  const response = await fetch(url);
  const bitmap = await createImageBitmap(await response.blob());
  const canvas = document.createElement("canvas");
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d");
  if (!context) return undefined;
  // A transparent PNG would otherwise be read as black on black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(bitmap, 0, 0);
  const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
  // The decoder is half of the page's code, and only a scan needs it.
  const { default: readPixels } = await import("jsqr");
  return readPixels(data, width, height)?.data;
}
