/** For Midtrans' tests: a merchant who speaks the Core API, and a hand on the wallet and the knobs. */
import { get, post, type World } from "../test-world.ts";

export const gopay = (order_id: string, more: object = {}) => ({
  payment_type: "gopay",
  transaction_details: { order_id, gross_amount: 10_000 },
  ...more,
});

export function client(world: World) {
  const { base_url, server_key } = world.parties().midtrans;
  const headers = {
    authorization: `Basic ${Buffer.from(`${server_key}:`).toString("base64")}`,
    accept: "application/json",
  };
  type More = Record<string, string>;
  return {
    base_url,
    headers,
    charge: (body: unknown, more: More = {}, signal?: AbortSignal) =>
      post(`${base_url}/v2/charge`, body, { ...headers, ...more }, signal),
    status: (id: string) => get(`${base_url}/v2/${id}/status`, headers),
    cancel: (id: string, body = "null") => post(`${base_url}/v2/${id}/cancel`, body, headers),
    expire: (id: string, body = "null") => post(`${base_url}/v2/${id}/expire`, body, headers),
    refund: (id: string, body: unknown = {}, more: More = {}) =>
      post(`${base_url}/v2/${id}/refund`, body, { ...headers, ...more }),
    wallet: (call: "open" | "pay" | "decline", body: object) =>
      post(`${base_url}/_wallet/${call}`, body),
    settle: (order_id: string, gross_amount?: number) =>
      post(`${base_url}/_control/settle`, { order_id, gross_amount }),
    move: (order_id: string, to: string, amount?: number) =>
      post(`${base_url}/_control/move`, { order_id, to, amount }),
    url: (charge: { actions: { name: string; url: string }[] }, name: string) =>
      charge.actions.find((action) => action.name === name)?.url ?? "",
  };
}

export function webhooks(world: World) {
  return world.store.received.map(({ body }) => JSON.parse(body));
}
