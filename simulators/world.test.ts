/** What holds for the whole sandbox world. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { createManualClock, openWorld } from "./test-world.ts";
import { startSimulators } from "./world.ts";

test("every party has its own address and credentials", async (t) => {
  const world = await openWorld(t);
  const { midtrans, digiflazz, vip_reseller, discord } = world.parties();
  assert.equal(midtrans.base_url, `${world.url()}/midtrans`);
  assert.equal(digiflazz.base_url, `${world.url()}/digiflazz/v1`);
  assert.equal(vip_reseller.base_url, `${world.url()}/vip-reseller/api`);
  assert.equal(discord.base_url, `${world.url()}/discord/api`);
  assert.match(midtrans.server_key, /^SB-Mid-server-/);
});

test("pages of this machine may call it, pages from elsewhere may not", async (t) => {
  const world = await openWorld(t);
  const url = `${world.url()}/midtrans/_wallet/open`;
  for (const origin of ["http://localhost:5173", "http://127.0.0.1:8080"]) {
    const preflight = await fetch(url, { method: "OPTIONS", headers: { origin } });
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get("access-control-allow-origin"), origin);
    const reply = await fetch(url, { method: "POST", headers: { origin } });
    assert.equal(reply.headers.get("access-control-allow-origin"), origin);
  }
  for (const origin of ["https://example.com", "http://127.0.0.1.example.com"]) {
    const reply = await fetch(url, { method: "OPTIONS", headers: { origin } });
    assert.equal(reply.status, 403);
    assert.equal(reply.headers.get("access-control-allow-origin"), null);
  }
});

test("a taken port is refused instead of hanging", async (t) => {
  const world = await openWorld(t);
  const options = { clock: createManualClock(), randomBytes, storeUrl: world.store.url };
  const port = Number(new URL(world.url()).port);
  await assert.rejects(startSimulators({ ...options, port }), /EADDRINUSE/);
});
