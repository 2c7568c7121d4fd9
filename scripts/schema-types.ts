// Writes src/platform/schema.ts, the types of every table, and migrations/schema.sql, the dump for
// reviewers, from a freshly migrated database.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../src/platform/migrate.ts";
import { startEmbeddedPostgres } from "../src/platform/postgres.ts";
import { dumpFile, dumpSchema } from "./schema-dump.ts";
import { schemaFile, writeSchema } from "./schema-file.ts";

const dataDir = mkdtempSync(join(tmpdir(), "konter-schema-"));
const postgres = await startEmbeddedPostgres({ dataDir });
try {
  await migrate(postgres.connectionString);
  writeSchema(postgres.connectionString, schemaFile);
  writeFileSync(dumpFile, await dumpSchema(postgres.connectionString));
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
