/** `konter key`: API keys. */
import { recordAct } from "../audit/record.ts";
import { inTransaction } from "../platform/db.ts";
import { textTable } from "../platform/table.ts";
import { createKey, listKeys, revokeKey, rotateKey } from "../staff/keys.ts";
import { isKeyScope, keyScopes, scopeMeanings } from "../staff/roles.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { asOperator, type Shop, withShop } from "./operator.ts";
import type { Terminal } from "./terminal.ts";

const longestName = 60;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const key: Command = {
  usage: "key list | create NAME --scope SCOPE… | rotate ID | revoke ID",
  summary: "see, make, renew and end API keys",
  details: `A key is shown once, when it is made; only its hash is kept. A reseller's saldo and orders are its key's: rotate
gives the key a new text and ends the old one within a second; revoke ends the key for ever: its saldo
stays in the books, and nobody can spend it any more.
  --scope SCOPE   give it several times for several:
${keyScopes.map((scope) => `                  ${scope.padEnd(6)}  ${scopeMeanings[scope]}`).join("\n")}`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { scope: { type: "string", multiple: true, default: [] } },
      allowPositionals: true,
    });
    const [verb, subject = "", ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer NAME`);
    switch (verb) {
      case "list":
        return withShop(terminal, list);
      case "create":
        return create(terminal, subject.trim(), values.scope);
      case "rotate":
        if (!idPattern.test(subject)) throw new UsageError("ID is what `konter key list` shows");
        return rotate(terminal, subject);
      case "revoke":
        if (!idPattern.test(subject)) throw new UsageError("ID is what `konter key list` shows");
        return withShop(terminal, (shop) => revoke(shop, subject));
      default:
        throw new UsageError("say list, create, rotate or revoke");
    }
  },
};

async function list({ db, terminal }: Shop): Promise<void> {
  const keys = await listKeys(db);
  if (keys.length === 0)
    return terminal.print("No keys yet. Make one: konter key create NAME --scope read");
  const rows = keys.map((one) => [
    one.id,
    one.name,
    one.scopes.join(" "),
    one.createdAt.toISOString(),
    one.revokedAt === null ? "" : `revoked ${one.revokedAt.toISOString()}`,
  ]);
  terminal.print(textTable([["Id", "Name", "Scopes", "Made", ""], ...rows], 5));
}

async function create(terminal: Terminal, name: string, given: string[]): Promise<void> {
  if (name === "" || name.length > longestName) {
    throw new UsageError(`NAME has 1 to ${longestName} characters`);
  }
  const scopes = given.filter(isKeyScope);
  if (scopes.length === 0 || scopes.length < given.length) {
    throw new UsageError(`--scope is one or more of ${keyScopes.join(", ")}`);
  }
  const made = await withShop(terminal, (shop) =>
    inTransaction(shop.db, async (tx) => {
      const { keyId, key: text } = await createKey(tx, shop, { name, scopes });
      const act = { action: "key.create", object: `key:${keyId}`, after: { scopes } };
      await recordAct(tx, shop, asOperator(act));
      return text;
    }),
  );
  show(terminal, made);
}

async function rotate(terminal: Terminal, keyId: string): Promise<void> {
  const made = await withShop(terminal, (shop) =>
    inTransaction(shop.db, async (tx) => {
      const { key: text } = await rotateKey(tx, shop, { keyId });
      await recordAct(tx, shop, asOperator({ action: "key.rotate", object: `key:${keyId}` }));
      return text;
    }),
  );
  show(terminal, made);
}

function show(terminal: Terminal, text: string): void {
  terminal.note("This key is shown once. Keep it where secrets are kept.");
  terminal.print(text);
}

async function revoke(shop: Shop, keyId: string): Promise<void> {
  const name = await inTransaction(shop.db, async (tx) => {
    const revoked = await revokeKey(tx, shop, { keyId });
    await recordAct(tx, shop, asOperator({ action: "key.revoke", object: `key:${keyId}` }));
    return revoked;
  });
  shop.terminal.print(`${name} is revoked.`);
}
