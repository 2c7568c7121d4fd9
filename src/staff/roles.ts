/** Roles and scopes: who may do what. Data. */

export const staffRoles = ["owner", "admin", "agent", "viewer"] as const;
export type StaffRole = (typeof staffRoles)[number];

/** What an API key may do; a key has at least one. */
export const keyScopes = ["read", "sell", "report"] as const;
export type KeyScope = (typeof keyScopes)[number];

export const scopeMeanings: Readonly<Record<KeyScope, string>> = {
  read: "see the key's own orders and saldo",
  sell: "order and pay from the key's own saldo, and all of read",
  report: "read the shop's books: for staff, never for a reseller",
};

export const isStaffRole = (text: string): text is StaffRole =>
  (staffRoles as readonly string[]).includes(text);

export const isKeyScope = (text: string): text is KeyScope =>
  (keyScopes as readonly string[]).includes(text);
