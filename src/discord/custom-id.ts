/** Custom id: the only encoder and decoder of what a button or a modal carries. */

export type CustomId =
  | { readonly action: "pay"; readonly quoteId: string; readonly method: "gopay" | "saldo" }
  | { readonly action: "confirm"; readonly quoteId: string }
  | { readonly action: "drop"; readonly quoteId: string }
  /** Opens the form for a game account, filled with what was given before. */
  | { readonly action: "account"; skuCode: string; playerId: string; zoneId: string }
  | {
      readonly action: "status" | "cancel" | "pay_rest" | "take_back";
      readonly orderCode: string;
    }
  | { readonly action: "deposit_status" | "deposit_cancel"; readonly depositCode: string };

const version = "v1";
/** Discord's limit. */
const longest = 100;

/** Encodes. What does not fit Discord's 100 characters is left out of a prefilled form. */
export function encodeCustomId(id: CustomId): string {
  const parts = partsOf(id).map((part) => encodeURIComponent(part.toWellFormed()));
  const text = [version, id.action, ...parts].join(":");
  if (text.length <= longest || id.action !== "account") return text;
  return encodeCustomId({ ...id, playerId: "", zoneId: "" });
}

function partsOf(id: CustomId): string[] {
  switch (id.action) {
    case "pay":
      return [id.quoteId, id.method];
    case "confirm":
    case "drop":
      return [id.quoteId];
    case "account":
      return [id.skuCode, id.playerId, id.zoneId];
    case "status":
    case "cancel":
    case "pay_rest":
    case "take_back":
      return [id.orderCode];
    case "deposit_status":
    case "deposit_cancel":
      return [id.depositCode];
    default:
      return id satisfies never;
  }
}

/** Decodes; undefined for an older version or anything that we did not write. */
export function decodeCustomId(text: string): CustomId | undefined {
  const [writtenBy, action, ...encoded] = text.split(":");
  if (writtenBy !== version) return undefined;
  let parts: string[];
  try {
    parts = encoded.map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [first = "", second = "", third = ""] = parts;
  switch (action) {
    case "pay":
      if (second !== "gopay" && second !== "saldo") return undefined;
      return { action, quoteId: first, method: second };
    case "confirm":
    case "drop":
      return { action, quoteId: first };
    case "account":
      return { action, skuCode: first, playerId: second, zoneId: third };
    case "status":
    case "cancel":
    case "pay_rest":
    case "take_back":
      return { action, orderCode: first };
    case "deposit_status":
    case "deposit_cancel":
      return { action, depositCode: first };
    default:
      return undefined;
  }
}
