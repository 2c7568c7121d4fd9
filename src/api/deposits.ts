/** Deposits: saldo top-ups over REST, each key's own. */
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { cancelDeposit } from "../deposits/expire.ts";
import { type DepositView, listDeposits, viewOwnDeposit } from "../deposits/find.ts";
import { type Opened, openDeposit } from "../deposits/open.ts";
import type { ReconcileDeps } from "../payments/reconcile.ts";
import type { Database } from "../platform/db.ts";
import { toJsonRupiah } from "../platform/money.ts";
import { Refusal } from "../platform/refusal.ts";
import type { Gate } from "./auth.ts";
import * as contract from "./deposit-contract.ts";
import { idempotencyKey } from "./orders.ts";

interface DepositApiDeps extends ReconcileDeps {
  readonly db: Database;
  /** Where buyers reach us. */
  publicUrl(): string;
}

/** Registers deposits below `/api/v1`. */
export function registerDeposits(app: FastifyInstance, gate: Gate, deps: DepositApiDeps) {
  const { db } = deps;
  const api = app.withTypeProvider<ZodTypeProvider>();
  const sells = { onRequest: gate("sell") };
  const reads = { onRequest: gate("read", "sell") };

  api.post(
    "/api/v1/deposits",
    { schema: contract.createDeposit, ...sells },
    async (request, reply) => {
      const { keyId, customerId } = request.caller;
      const opened = await openDeposit(db, deps, {
        key: `key:${keyId}:${idempotencyKey(request.headers["idempotency-key"])}`,
        customerId,
        amountIdr: BigInt(request.body.amount),
        method: request.body.method,
      });
      if (opened.outcome !== "opened") throw refusalOf(opened);
      // Nothing in it ever changes, so whoever repeats the request is answered the same to the byte.
      const { deposit } = opened;
      const data = {
        code: deposit.code,
        state: "awaiting_payment" as const,
        amount: toJsonRupiah(deposit.amount),
        method: deposit.method,
        opened_at: deposit.opened_at.toISOString(),
        pay_by: deposit.pay_by.toISOString(),
        page_url: pageUrl(deps, deposit.page_token),
      };
      return reply.code(201).send({ success: true as const, data });
    },
  );

  api.get("/api/v1/deposits/:code", { schema: contract.readDeposit, ...reads }, async (request) => {
    const { customerId } = request.caller;
    const view = await viewOwnDeposit(db, { depositCode: request.params.code, customerId });
    return { success: true as const, data: detailed(deps, view) };
  });

  api.get("/api/v1/deposits", { schema: contract.readDeposits, ...reads }, async (request) => {
    const { customerId } = request.caller;
    const { deposits, next } = await listDeposits(db, { customerId, ...request.query });
    return { success: true as const, data: deposits.map((view) => shown(deps, view)), next };
  });

  api.post(
    "/api/v1/deposits/:code/cancel",
    { schema: contract.cancelDeposit, ...sells },
    async (request) => {
      const own = { depositCode: request.params.code, customerId: request.caller.customerId };
      const ended = await cancelDeposit(db, deps, own);
      if (ended === "unknown") throw new Refusal("deposit.may_be_paid", { retry_after_s: "10" });
      if (ended === "paid") throw new Refusal("deposit.over", { state: "paid" });
      const view = await viewOwnDeposit(db, own);
      const { state } = view.deposit;
      if (state !== "cancelled") throw new Refusal("deposit.over", { state });
      return { success: true as const, data: shown(deps, view) };
    },
  );
}

function refusalOf({ outcome }: Exclude<Opened, { outcome: "opened" }>): Refusal {
  switch (outcome) {
    case "key_reused":
      return new Refusal("idempotency_key.reused");
    case "too_many_unpaid":
      return new Refusal("deposit.too_many_unpaid");
    default:
      return outcome satisfies never;
  }
}

const pageUrl = (deps: DepositApiDeps, token: string) => `${deps.publicUrl()}/pay/${token}`;

function shown(deps: DepositApiDeps, { deposit, cameIdr }: DepositView) {
  return {
    code: deposit.code,
    state: deposit.state,
    amount: toJsonRupiah(deposit.amount),
    paid: toJsonRupiah(cameIdr),
    method: deposit.method,
    opened_at: deposit.opened_at.toISOString(),
    changed_at: deposit.changed_at.toISOString(),
    pay_by: deposit.state === "awaiting_payment" ? deposit.pay_by.toISOString() : null,
    page_url: pageUrl(deps, deposit.page_token),
  };
}

function detailed(deps: DepositApiDeps, view: DepositView) {
  const { deposit, payment, events } = view;
  const url = pageUrl(deps, deposit.page_token);
  const payable = deposit.state === "awaiting_payment" && payment?.state === "pending";
  return {
    ...shown(deps, view),
    ...(payable
      ? {
          payment: {
            state: payment.state,
            expires_at: payment.expires_at.toISOString(),
            ...(payment.deep_link ? { deep_link: payment.deep_link } : {}),
            ...(payment.qr_image ? { qr_url: `${url}/qr.png` } : {}),
          },
        }
      : {}),
    events: events.map(({ at, ...event }) => ({ ...event, at: at.toISOString() })),
  };
}
