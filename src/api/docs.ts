/** Docs: the OpenAPI document made from the schemas that validate, and pages to read it at `/docs`. */
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { jsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import konter from "../../package.json" with { type: "json" };

const documented = "/api/v1/";
const openApiPath = `${documented}openapi.json`;

// The pages load what lies on this machine and nothing else.
const contentSecurityPolicy = {
  "default-src": "'self'",
  "img-src": "'self' data:",
  "style-src": "'self' 'unsafe-inline'",
  "object-src": "'none'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

/** Registers the document and its pages. Comes before the routes, which it watches being registered. */
export async function registerDocs(app: FastifyInstance) {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Konter",
        version: konter.version,
        description:
          "Top-ups for games, paid in rupiah. Amounts are whole rupiah. Every failure is a problem " +
          "document (RFC 9457) with a stable `code`.",
        license: { name: konter.license, identifier: konter.license },
      },
      // Where it was read from: a store behind any address documents itself.
      servers: [{ url: "/" }],
      tags: [
        { name: "Games", description: "The catalog and the check of game accounts" },
        { name: "Orders", description: "Quotes and orders of the key that calls" },
        { name: "Saldo", description: "The money that the key that calls may spend" },
        { name: "Reports", description: "The shop's books, for keys with the scope `report`" },
      ],
      components: {
        securitySchemes: {
          key: { type: "http", scheme: "bearer", description: "An API key, konter_…" },
        },
      },
    },
    transform(route) {
      if (route.url.startsWith(documented) && route.url !== openApiPath) {
        return jsonSchemaTransform(route);
      }
      return { schema: { ...route.schema, hide: true }, url: route.url };
    },
    transformObject(document) {
      const whole = jsonSchemaTransformObject(document);
      // It writes each named schema twice, as what comes in and as what goes out.
      const named = "components" in whole ? whole.components?.schemas : undefined;
      for (const name of Object.keys(named ?? {})) {
        if (!JSON.stringify(whole).includes(`"#/components/schemas/${name}"`)) delete named?.[name];
      }
      // The document is plain JSON; its own type also allows for references, of which there are none here.
      if ("paths" in whole) showExamples(whole.paths as Parameters<typeof showExamples>[0]);
      return whole;
    },
  });
  app.get(openApiPath, async () => app.swagger());
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: contentSecurityPolicy,
    theme: { title: "Konter API" },
    uiConfig: { docExpansion: "list", tryItOutEnabled: true },
  });
}

interface Media {
  example?: unknown;
  schema?: { examples?: unknown[] };
}
type Operation = { responses?: Record<string, { content?: Record<string, Media> }> };

/** Moves an example to where readers of OpenAPI look, which is done for answers of a single type only. */
function showExamples(paths: Record<string, Record<string, Operation>>) {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const responses = operations.flatMap(({ responses: all }) => Object.values(all ?? {}));
  for (const media of responses.flatMap(({ content }) => Object.values(content ?? {}))) {
    const [example] = media.schema?.examples ?? [];
    if (example === undefined || media.example !== undefined) continue;
    media.example = example;
    delete media.schema?.examples;
  }
}
