/** What the schemas of the routes do to requests and answers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import Fastify from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import * as z from "zod";
import { compileSerializer, compileValidator } from "./compile.ts";

const price = z.object({ sku: z.string(), price: z.int().min(0), note: z.string().optional() });

function serve() {
  const app = Fastify();
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(compileSerializer);
  return app.withTypeProvider<ZodTypeProvider>();
}

test("an answer has the fields that its schema names, and no others", async () => {
  const app = serve();
  const row = { sku: "ML_86", price: 20_000, cost: 18_000, note: undefined };
  app.get("/", { schema: { response: { 200: price } } }, async () => row);
  const answer = await app.inject("/");
  assert.equal(answer.body, '{"sku":"ML_86","price":20000}');
});

test("an answer that breaks its schema is a fault and is not sent", async () => {
  const app = serve();
  const row = { sku: "ML_86", price: -1 };
  app.get("/", { schema: { response: { 200: price } } }, async () => row);
  const answer = await app.inject("/");
  assert.equal(answer.statusCode, 500);
  assert.doesNotMatch(answer.body, /ML_86/);
});

test("answers that are frozen are each written as they are, on every route by its own schema", async () => {
  const app = serve();
  const rows = [20_000, 40_000].map((idr) => Object.freeze({ sku: "ML_86", price: idr }));
  const query = z.object({ n: z.coerce.number() });
  const whole = { querystring: query, response: { 200: price } };
  const short = { querystring: query, response: { 200: price.pick({ price: true }) } };
  app.get("/whole", { schema: whole }, async ({ query: { n } }) => rows[n] ?? assert.fail());
  app.get("/short", { schema: short }, async ({ query: { n } }) => rows[n] ?? assert.fail());
  for (let time = 0; time < 2; time++) {
    for (const [n, row] of rows.entries()) {
      assert.deepEqual((await app.inject(`/whole?n=${n}`)).json(), row);
      assert.deepEqual((await app.inject(`/short?n=${n}`)).json(), { price: row.price });
    }
  }
});
