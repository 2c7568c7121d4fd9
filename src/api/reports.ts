/** Reports: the books over REST, for keys of staff that may read them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { isLedgerAccount } from "../ledger/chart.ts";
import { readStatement } from "../ledger/statement.ts";
import type { Clock } from "../platform/clock.ts";
import { type Cell, writeCsv } from "../platform/csv.ts";
import type { Db } from "../platform/db.ts";
import { toJsonRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import * as books from "../reports/books.ts";
import { dayOf, daysFrom, problemOfDay } from "../reports/day.ts";
import * as json from "../reports/json.ts";
import type { Gate } from "./auth.ts";
import * as contract from "./report-contract.ts";

const mostDays = 366;

/** Registers the reports and the statements below `/api/v1`. They are read one after the other. */
export function registerReports(app: FastifyInstance, gate: Gate, deps: { db: Db; clock: Clock }) {
  const { db, clock } = deps;
  const api = app.withTypeProvider<ZodTypeProvider>();
  // Not even a key that sells: what is the shop's is none of a reseller's.
  const reads = { onRequest: gate("report") };
  // However many are asked for at once, the shop keeps the other connections.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <Report>(read: (snapshot: Db) => Promise<Report>): Promise<Report> => {
    const mine = turn.then(() => books.readBooks(db, read));
    turn = mine.catch(() => undefined);
    return mine;
  };
  const path = (name: json.ReportName) => `/api/v1/reports/${name}`;

  api.get(
    path("trial-balance"),
    { schema: contract.readTrialBalance, ...reads },
    (request, reply) =>
      answer(request, reply, "trial-balance", async () => {
        const { customers } = request.query;
        const balance = await inTurn((read) => books.readTrialBalance(read, { customers }));
        return json.trialBalanceJson(balance);
      }),
  );

  api.get(path("escrow"), { schema: contract.readEscrow, ...reads }, (request, reply) =>
    answer(request, reply, "escrow", async () =>
      json.escrowJson(await inTurn((read) => books.readEscrow(read, deps))),
    ),
  );

  api.get(path("suspense"), { schema: contract.readSuspense, ...reads }, (request, reply) =>
    answer(request, reply, "suspense", async () =>
      json.suspenseJson(await inTurn((read) => books.readSuspense(read, deps))),
    ),
  );

  api.get(path("in-transit"), { schema: contract.readInTransit, ...reads }, (request, reply) =>
    answer(request, reply, "in-transit", async () =>
      json.inTransitJson(await inTurn((read) => books.readInTransit(read, deps))),
    ),
  );

  api.get(path("profit"), { schema: contract.readProfit, ...reads }, (request, reply) =>
    answer(request, reply, "profit", async () => {
      const days = chooseDays(request.query, clock.now());
      return json.profitJson(await inTurn((read) => books.readProfit(read, days)));
    }),
  );

  api.get(path("day"), { schema: contract.readDay, ...reads }, (request, reply) =>
    answer(request, reply, "day", async () => {
      const now = clock.now();
      const day = readDay("day", request.query.day, now) ?? dayOf(now);
      return json.dayJson(await inTurn((read) => books.readDay(read, deps, { day })));
    }),
  );

  api.get(
    "/api/v1/ledger/:ledger_account",
    { schema: contract.readLedger, ...reads },
    async (request, reply) => {
      reply.header("cache-control", "no-store");
      const { ledger_account } = request.params;
      const page = await inTurn((read) => statement(read, ledger_account, request.query));
      return { success: true as const, ...page };
    },
  );
}

type Rows<Name extends json.ReportName> = readonly Readonly<
  Record<(typeof json.csvColumns)[Name][number], Cell>
>[];

/** Answers with a report, or with its rows as CSV where the request asks for that. */
async function answer<Name extends json.ReportName>(
  request: FastifyRequest<{ Querystring: { format?: "json" | "csv" | undefined } }>,
  reply: FastifyReply,
  name: Name,
  read: () => Promise<{ rows: Rows<Name> }>,
) {
  const data = await read();
  // What is in the books is nobody's to keep on the way.
  reply.header("cache-control", "no-store").header("vary", "accept");
  if ((request.query.format ?? accepted(request)) === "json")
    return { success: true as const, data };
  const columns: readonly (typeof json.csvColumns)[Name][number][] = json.csvColumns[name];
  return reply
    .type("text/csv; charset=utf-8; header=present")
    .header("content-disposition", `attachment; filename="${name}.csv"`)
    .send(writeCsv(columns, data.rows));
}

function accepted({ headers }: FastifyRequest): "json" | "csv" {
  const accept = headers.accept ?? "";
  return accept.includes("text/csv") && !accept.includes("json") ? "csv" : "json";
}

/** Refuses a text that is no day, naming its field. */
function readDay(field: string, given: string | undefined, now: Date): string | undefined {
  const problem = given === undefined ? undefined : problemOfDay(given, now);
  if (problem !== undefined) refuse(field, problem);
  return given;
}

function chooseDays(
  query: { day?: string | undefined; from?: string | undefined; to?: string | undefined },
  now: Date,
): { firstDay: string; lastDay: string } {
  const [day, from, to] = (["day", "from", "to"] as const).map((field) =>
    readDay(field, query[field], now),
  );
  if (day !== undefined && (from ?? to) !== undefined) refuse("day", "say day, or from and to");
  const lastDay = day ?? to ?? dayOf(now);
  const firstDay = day ?? from ?? lastDay;
  if (firstDay > lastDay) refuse("from", `${firstDay} is after ${lastDay}`);
  if (daysFrom(firstDay, lastDay) > mostDays) refuse("from", `at most ${mostDays} days at a time`);
  return { firstDay, lastDay };
}

async function statement(
  db: Db,
  ledgerAccount: string,
  query: { order: "newest" | "oldest"; limit: number; cursor?: string | undefined },
) {
  if (!isLedgerAccount(ledgerAccount)) {
    refuse("ledger_account", `${JSON.stringify(ledgerAccount)} is not in the chart of accounts`);
  }
  const { order: from, limit, cursor } = query;
  const strange = "is not one that this list gave: begin without one";
  if (cursor !== undefined && !isUuid(cursor)) refuse("cursor", strange);
  const { lines, next } = await readStatement(db, { ledgerAccount, from, limit, cursor });
  // A cursor is given when there is more, and a line never goes.
  if (cursor !== undefined && lines.length === 0) refuse("cursor", strange);
  const data = lines.map((line) => ({
    id: line.id,
    posted_at: line.postedAt.toISOString(),
    key: line.key,
    reason: line.reason,
    order_id: line.orderId,
    other_side: line.otherSide,
    amount: toJsonRupiah(line.amountIdr),
    balance: toJsonRupiah(line.balanceIdr),
  }));
  return { data, next };
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function refuse(field: string, problem: string): never {
  throw new Refusal("input.invalid", { field, message: `${field}: ${problem}` });
}
