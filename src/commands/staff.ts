/** `konter staff`: who works for the shop. */
import { recordAct } from "../audit/record.ts";
import { inTransaction } from "../platform/db.ts";
import { textTable } from "../platform/table.ts";
import { isStaffRole, staffRoles } from "../staff/roles.ts";
import { addStaff, listStaff, removeStaff, type StaffChange } from "../staff/staff.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { asOperator, type Shop, withShop } from "./operator.ts";

const discordIdPattern = /^\d{17,20}$/;

export const staff: Command = {
  usage: "staff list | add DISCORD_ID --role ROLE | remove DISCORD_ID",
  summary: "see, add and remove who works for the shop",
  details: `A Discord id is the long number that *Copy User ID* gives in Discord's developer mode.
  --role ROLE   ${staffRoles.join(", ")}; somebody who is there gets the new role`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { role: { type: "string" } },
      allowPositionals: true,
    });
    const [verb, discordId = "", ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much`);
    if (verb === "list") return withShop(terminal, list);
    if (verb !== "add" && verb !== "remove") {
      throw new UsageError("say list, add or remove");
    }
    if (!discordIdPattern.test(discordId)) {
      throw new UsageError("DISCORD_ID is a number of 17 to 20 digits");
    }
    if (verb === "remove") {
      return withShop(terminal, (shop) =>
        change(shop, "staff.remove", (tx) => removeStaff(tx, shop, { discordId })),
      );
    }
    const { role } = values;
    if (role === undefined || !isStaffRole(role)) {
      throw new UsageError(`--role is one of ${staffRoles.join(", ")}`);
    }
    await withShop(terminal, (shop) =>
      change(shop, "staff.add", (tx) => addStaff(tx, shop, { discordId, role })),
    );
  },
};

async function list({ db, terminal }: Shop): Promise<void> {
  const people = await listStaff(db);
  if (people.length === 0) {
    return terminal.print("Nobody yet. Add the owner: konter staff add DISCORD_ID --role owner");
  }
  const rows = people.map((one) => [one.discordId, one.role, one.addedAt.toISOString()]);
  terminal.print(textTable([["Discord id", "Role", "Since"], ...rows], 3));
}

async function change(
  shop: Shop,
  action: string,
  work: (tx: Parameters<typeof addStaff>[0]) => Promise<StaffChange>,
): Promise<void> {
  const { before, after } = await inTransaction(shop.db, async (tx) => {
    const done = await work(tx);
    const act = asOperator({ action, object: `staff:${done.staffId}` });
    await recordAct(tx, shop, {
      ...act,
      ...(done.before ? { before: done.before } : {}),
      ...(done.after ? { after: done.after } : {}),
    });
    return done;
  });
  shop.terminal.print(`${before?.role ?? "nobody"} → ${after?.role ?? "nobody"}`);
}
