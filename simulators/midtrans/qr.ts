/** The QRIS text of a charge (EMVCo merchant-presented, dynamic) and the wallet's reading of one. */
import type { Charge } from "./charge.ts";

const gopayGui = "COM.GO-JEK.WWW";

export function qrText(charge: Charge, merchant: { id: string; name: string }): string {
  const body = [
    field("00", "01"),
    field("01", "12"),
    field(
      "26",
      field("00", gopayGui) +
        field("01", "936009140000000000") +
        field("02", merchant.id) +
        field("03", "UMI"),
    ),
    field(
      "51",
      field("00", "ID.CO.QRIS.WWW") + field("02", "ID1020000000001") + field("03", "UMI"),
    ),
    field("52", "5816"),
    field("53", "360"),
    // After 61 would be legal too (Midtrans' own sample does it); readers must not rely on the order.
    field("54", `${charge.gross_amount}.00`),
    field("58", "ID"),
    field("59", merchant.name.toUpperCase().slice(0, 25)),
    field("60", "JAKARTA"),
    field("61", "10110"),
    field("62", field("50", charge.transaction_id) + field("07", "A01")),
    "6304",
  ].join("");
  return body + crc16(body);
}

/** The transaction id in a GoPay QR text, or undefined for any other text. */
export function readQr(text: string): string | undefined {
  if (text.length < 8 || crc16(text.slice(0, -4)) !== text.slice(-4)) return undefined;
  const tags = readFields(text);
  if (readFields(tags.get("26") ?? "").get("00") !== gopayGui) return undefined;
  return readFields(tags.get("62") ?? "").get("50");
}

function field(tag: string, value: string): string {
  return tag + String(value.length).padStart(2, "0") + value;
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at + 4 <= text.length; ) {
    const length = Number(text.slice(at + 2, at + 4));
    if (!Number.isInteger(length)) break;
    fields.set(text.slice(at, at + 2), text.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return fields;
}

/** CRC-16/CCITT-FALSE, as four upper-case hex digits. */
export function crc16(text: string): string {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
    }
  }
  return crc.toString(16).toUpperCase().padStart(4, "0");
}
