/** The document of the REST API: what it says is what the store does. */
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { getJson } from "../../test/json.ts";
import { openWorld } from "../../test/world.ts";

interface Media {
  readonly schema?: { readonly $ref?: string };
  readonly example?: unknown;
  readonly examples?: unknown;
}
interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: string[];
  readonly parameters?: { name: string; in: string; required?: boolean; description?: string }[];
  readonly requestBody?: { content: Record<string, Media> };
  readonly responses: Record<string, { description: string; content?: Record<string, Media> }>;
}
interface Document {
  readonly openapi: string;
  readonly info: { title: string; version: string };
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, { examples?: unknown[] }> };
}

async function openDocument(t: TestContext) {
  const { url } = await openWorld(t, { seed: 61 });
  const document = await getJson<Document>(`${url}/api/v1/openapi.json`);
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );
  return { url, document, operations };
}

test("the document is OpenAPI 3.1 and every reference in it leads somewhere", async (t) => {
  const { document } = await openDocument(t);
  assert.match(document.openapi, /^3\.1\.\d+$/);
  assert.equal(document.info.title, "Konter");
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  assert.ok(references.length > 0);
  for (const [, path = ""] of references) {
    const target = path
      .split("/")
      .reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document);
    assert.ok(target, path);
  }
});

test("every route below /api/v1 is in the document, and nothing else is", async (t) => {
  const { operations, url } = await openDocument(t);
  const paths = operations.map(({ path, method }) => `${method} ${path}`);
  for (const route of [
    "get /api/v1/game/categories",
    "get /api/v1/game/products/{code}",
    "get /api/v1/game/price/{code}",
    "post /api/v1/game/validate",
  ]) {
    assert.ok(paths.includes(route), route);
  }
  for (const { path, method } of operations) {
    assert.match(path, /^\/api\/v1\//);
    const answer = await fetch(url + path.replaceAll(/\{\w+\}/g, "none"), {
      method: method.toUpperCase(),
    });
    assert.doesNotMatch(await answer.text(), /route\.unknown/, `${method} ${path} is there`);
  }
});

test("every operation has a name, a sentence, an example and its problems", async (t) => {
  const { document, operations } = await openDocument(t);
  const names = operations.map((operation) => operation.operationId);
  assert.equal(new Set(names).size, names.length);
  for (const operation of operations) {
    const where = `${operation.method} ${operation.path}`;
    assert.ok(operation.operationId, where);
    assert.ok(operation.summary, where);
    assert.ok(operation.tags?.length, where);
    const expected = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    assert.deepEqual(
      inPath.map((parameter) => parameter.name),
      expected,
      where,
    );
    for (const parameter of operation.parameters ?? []) assert.ok(parameter.description, where);
    const bodies = [operation.requestBody, operation.responses["200"]].filter(Boolean);
    for (const body of bodies) {
      const media = body?.content?.["application/json"];
      if (media !== undefined) assert.ok(media.example ?? media.examples, where);
    }
    for (const status of ["4XX", "5XX"]) {
      const problem = operation.responses[status];
      assert.ok(problem?.description, where);
      const schema = problem.content?.["application/problem+json"]?.schema;
      assert.deepEqual(schema, { $ref: "#/components/schemas/Problem" }, where);
    }
  }
  assert.deepEqual(Object.keys(document.components.schemas), ["Problem"]);
});

test("what the document shows as an example is what the store takes and gives", async (t) => {
  const { url, document } = await openDocument(t);
  const validate = document.paths["/api/v1/game/validate"]?.post;
  const example = validate?.requestBody?.content["application/json"]?.example;
  const answer = await fetch(`${url}/api/v1/game/validate`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(example),
  });
  assert.equal(answer.status, 200);
  const given = validate?.responses["200"]?.content?.["application/json"]?.example;
  assert.deepEqual(Object.keys((await answer.json()) as object), Object.keys(given as object));

  const problem = await fetch(`${url}/api/v1/game/price/dota`);
  const [shown] = document.components.schemas.Problem?.examples ?? [];
  const { request_id, ...said } = (await problem.json()) as Record<string, unknown>;
  assert.deepEqual({ ...said, request_id: (shown as typeof said).request_id }, shown);
});

test("the pages to read it load nothing from elsewhere", async (t) => {
  const { url } = await openDocument(t);
  const page = await fetch(`${url}/docs/`);
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-security-policy") ?? "", /default-src 'self';/);
  const html = await page.text();
  const loaded = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  assert.ok(loaded.length >= 4);
  for (const path of loaded) {
    assert.match(path, /^\.\//);
    const part = await fetch(new URL(path, `${url}/docs/`));
    assert.equal(part.status, 200, path);
    assert.ok((await part.arrayBuffer()).byteLength > 0, path);
  }
});
