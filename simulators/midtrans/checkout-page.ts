/** The page behind the deep link: what GoPay shows on a phone, with a button that pays. Pure. */
import type { Charge } from "./charge.ts";

/** What a wallet shows of a charge: its own side of it ended with the payment. */
export type BillStatus = "pending" | "settlement" | "expire" | "cancel";

interface Checkout {
  readonly charge: Charge;
  readonly status: BillStatus;
  readonly merchantName: string;
  readonly returnUrl: string | undefined;
}

const verdicts: Record<Exclude<BillStatus, "pending">, { mark: string; text: string }> = {
  settlement: { mark: "✓", text: "Pembayaran berhasil" },
  expire: { mark: "!", text: "Waktu pembayaran habis" },
  cancel: { mark: "!", text: "Pembayaran dibatalkan" },
};

export function renderCheckoutPage(checkout: Checkout): string {
  const { charge, status, merchantName, returnUrl } = checkout;
  const amount = `Rp${new Intl.NumberFormat("id-ID").format(charge.gross_amount)}`;
  const back = returnUrl
    ? `<a class="button quiet" href="${escapeHtml(returnUrl)}">Kembali ke toko</a>`
    : "";
  const deadline = new Intl.DateTimeFormat("id-ID", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: "Asia/Jakarta",
  }).format(new Date(charge.expires_at));
  const foot =
    status === "pending"
      ? `<p class="quiet">Bayar sebelum ${escapeHtml(deadline)} WIB</p>
<form method="post"><button class="button" type="submit">Bayar ${amount}</button></form>
<form method="post" action="?referenceid=${charge.transaction_id}&amp;decline=1"><button class="button quiet" type="submit">Tolak</button></form>`
      : `<p class="verdict ${status}" role="status"><b aria-hidden="true">${verdicts[status].mark}</b> ${verdicts[status].text}</p>
${back}`;
  return page(
    `Bayar ${escapeHtml(merchantName)}`,
    `<p class="quiet">Bayar ke</p>
<h1>${escapeHtml(merchantName)}</h1>
<p class="amount">${amount}</p>
<dl><dt>Metode</dt><dd>Saldo GoPay</dd><dt>No. pesanan</dt><dd>${escapeHtml(charge.order_id)}</dd></dl>
${foot}`,
  );
}

export function renderUnknownPage(): string {
  return page("Tidak ditemukan", "<h1>Tautan pembayaran tidak ditemukan</h1>");
}

function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="id">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · GoPay (simulasi)</title>
<style>
  * { box-sizing: border-box; margin: 0 }
  body { min-height: 100dvh; display: grid; place-items: center; padding: 16px;
    font: 16px/1.5 system-ui, sans-serif; color: #14181f; background: #eef3f7 }
  main { width: 100%; max-width: 400px; padding: 24px; border-radius: 20px; background: #fff }
  header { margin-bottom: 24px; font-weight: 700; color: #00677f }
  h1 { font-size: 22px; line-height: 1.3; overflow-wrap: anywhere }
  .amount { margin: 16px 0; font-size: 34px; font-weight: 700 }
  .quiet { color: #5a6472 }
  dl { display: grid; grid-template-columns: auto 1fr; gap: 8px 16px; margin: 0 0 24px;
    padding-top: 16px; border-top: 1px solid #e1e7ec }
  dt { color: #5a6472 }
  dd { text-align: right; overflow-wrap: anywhere }
  .button { display: block; width: 100%; min-height: 52px; margin-top: 16px; padding: 13px;
    border: 0; border-radius: 26px; font: inherit; font-weight: 700; text-align: center;
    text-decoration: none; color: #fff; background: #00677f; cursor: pointer }
  .button.quiet { color: #00677f; background: #e3f2f6 }
  .button:focus-visible { outline: 3px solid #14181f; outline-offset: 2px }
  .verdict { font-size: 18px; font-weight: 700; color: #a3261b }
  .verdict.settlement { color: #0a6e3a }
  footer { margin-top: 24px; font-size: 13px; text-align: center; color: #5a6472 }
</style>
</head>
<body>
<main>
<header>GoPay</header>
${content}
<footer>Simulasi. Tidak ada uang sungguhan yang berpindah.</footer>
</main>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
