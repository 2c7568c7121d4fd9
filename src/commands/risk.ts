/** `konter risk`: whom the shop does not sell to, and what makes an order suspicious. */
import { userInfo } from "node:os";
import { isCustomer } from "../customers/find.ts";
import { isGameCode } from "../game-accounts/game.ts";
import { parseGameAccount } from "../game-accounts/parse.ts";
import { inTransaction } from "../platform/db.ts";
import { textTable } from "../platform/table.ts";
import { blockSubject, listBlocks, rulesInForce, unblockSubject } from "../risk/block.ts";
import { riskDecisions } from "../risk/rules.ts";
import type { BlockedSubject } from "../risk/subject.ts";
import { type Command, readArgs, UsageError } from "./command.ts";
import { type Shop, withShop } from "./operator.ts";

const uuidPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const discordIdPattern = /^\d{17,20}$/;
const longestReason = 500;

export const risk: Command = {
  usage: "risk list | (block | unblock) KIND VALUE --reason TEXT",
  summary: "see and change whom the shop does not sell to",
  details: `KIND and VALUE are one of
  customer ID                       a customer's id
  discord_id ID                     a Discord user's id, also of somebody the shop has not met
  game_account GAME:PLAYER[:ZONE]   e.g. ML:123456789:2001
  --reason TEXT   why, for whoever looks at it later; no names
Each new order of theirs is refused, and no money moves. Orders that were placed before go on. list also
shows the rules in force.`,
  async run(args, terminal) {
    const { values, positionals } = readArgs(args, {
      options: { reason: { type: "string" } },
      allowPositionals: true,
    });
    const [verb = "", kind = "", value, ...rest] = positionals;
    if (rest.length > 0) throw new UsageError(`${rest.join(" ")} is too much: quote a longer text`);
    if (!["list", "block", "unblock"].includes(verb)) {
      throw new UsageError("say list, block or unblock");
    }
    if (verb === "list") {
      if (kind !== "" || values.reason !== undefined) throw new UsageError("list takes nothing");
      return withShop(terminal, list);
    }
    const subject = readSubject(kind, value);
    const reason = values.reason?.trim() ?? "";
    if (reason === "" || reason.length > longestReason) {
      throw new UsageError(`say why: --reason TEXT, at most ${longestReason} characters`);
    }
    return withShop(terminal, (shop) =>
      change(shop, verb === "block" ? "block" : "unblock", subject, reason),
    );
  },
};

/** Reads KIND and VALUE. Throws a UsageError that says what is wrong. */
function readSubject(kind: string, value = ""): BlockedSubject {
  switch (kind) {
    case "customer":
      if (!uuidPattern.test(value)) throw new UsageError("a customer's ID is a UUID");
      return { kind, customerId: value };
    case "discord_id":
      if (!discordIdPattern.test(value)) {
        throw new UsageError("a Discord ID is a number of 17 to 20 digits");
      }
      return { kind, discordId: value };
    case "game_account":
      return readGameAccount(value);
    default:
      throw new UsageError("KIND is customer, discord_id or game_account");
  }
}

function readGameAccount(text: string): BlockedSubject {
  const [, game = "", playerId = "", zoneId] = /^([^:]+):([^:]+)(?::(.+))?$/.exec(text) ?? [];
  const gameCode = game.trim().toUpperCase();
  if (!isGameCode(gameCode)) {
    throw new UsageError("a game account is GAME:PLAYER[:ZONE], e.g. ML:123456789:2001");
  }
  const parsed = parseGameAccount(gameCode, { playerId, zoneId });
  if (parsed.outcome !== "parsed") {
    throw new UsageError(
      `${text} is no ${gameCode} account: ${parsed.outcome.replaceAll("_", " ")}`,
    );
  }
  return { kind: "game_account", ...parsed.gameAccount };
}

async function change(
  shop: Shop,
  verb: "block" | "unblock",
  subject: BlockedSubject,
  reason: string,
): Promise<void> {
  const origin = { machineUser: userInfo().username };
  const act = { subject, reason, actor: "operator", origin } as const;
  await inTransaction(shop.db, async (tx) => {
    if (verb === "unblock") return unblockSubject(tx, shop, act);
    if (subject.kind === "customer" && !(await isCustomer(tx, subject.customerId))) {
      throw new Error(`there is no customer ${subject.customerId}`);
    }
    return blockSubject(tx, shop, act);
  });
  shop.terminal.print(verb === "block" ? "Blocked: new orders are refused." : "No longer blocked.");
}

async function list({ db, terminal }: Shop): Promise<void> {
  const [blocks, rules] = await Promise.all([listBlocks(db), rulesInForce(db)]);
  const rows = blocks.map((block) => [
    block.kind,
    block.value,
    block.blockedAt.toISOString(),
    block.reason,
  ]);
  const blocked =
    rows.length === 0
      ? "Nobody is blocked."
      : textTable([["Kind", "Value", "Since", "Reason"], ...rows], 4);
  const inForce = rules.map((rule) => [
    `  ${rule.name}`,
    `${rule.feature} ${rule.operator} ${rule.threshold}`,
    `${rule.points} points`,
  ]);
  const scores = Object.entries(riskDecisions).map(([decision, { fromScore, meaning }]) => [
    `  ${decision}`,
    `from ${fromScore}`,
    meaning,
  ]);
  terminal.print(`${blocked}

Rules, version ${rules[0]?.version}:
${textTable(inForce, 3)}
What the points of an order add up to:
${textTable(scores, 3)}`);
}
