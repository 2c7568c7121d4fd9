/** Assets: the pages' style and script, kept by browsers under an address that names their content. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";

const assets = {
  "style.css": readAsset("text/css; charset=utf-8", "base.css", "parts.css"),
  "live.js": readAsset("text/javascript; charset=utf-8", "live.js"),
};

type AssetName = keyof typeof assets;

function readAsset(type: string, ...files: string[]) {
  const content = files
    .map((file) => readFileSync(new URL(file, import.meta.url), "utf8"))
    .join("");
  const version = createHash("sha256").update(content).digest("hex").slice(0, 16);
  return { type, content, version };
}

export const assetUrl = (name: AssetName) => `/pages/${name}?v=${assets[name].version}`;

/** Registers `/pages/style.css` and `/pages/live.js`. */
export function registerAssets(app: FastifyInstance) {
  for (const [name, { type, content, version }] of Object.entries(assets)) {
    app.get<{ Querystring: { v?: unknown } }>(`/pages/${name}`, (request, reply) =>
      reply
        .type(type)
        .header("x-content-type-options", "nosniff")
        .header(
          "cache-control",
          // A page of another version of the shop must not keep this content under its own address.
          request.query.v === version ? "public, max-age=31536000, immutable" : "no-cache",
        )
        .send(content),
    );
  }
}
