// Writes src/platform/schema.ts, the types of every table, from a freshly migrated database.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../src/platform/migrate.ts";
import { startEmbeddedPostgres } from "../src/platform/postgres.ts";
import { schemaFile, writeSchema } from "./schema-file.ts";

const dataDir = mkdtempSync(join(tmpdir(), "konter-schema-"));
const postgres = await startEmbeddedPostgres({ dataDir });
try {
  await migrate(postgres.connectionString);
  writeSchema(postgres.connectionString, schemaFile);
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
