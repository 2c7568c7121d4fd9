// Writes src/platform/schema.ts, the types of every table, from a freshly migrated database.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../src/platform/migrate.ts";
import { startEmbeddedPostgres } from "../src/platform/postgres.ts";

const target = "src/platform/schema.ts";
const dataDir = mkdtempSync(join(tmpdir(), "konter-schema-"));
const postgres = await startEmbeddedPostgres({ dataDir });
try {
  await migrate(postgres.connectionString);
  const types = { int8: "ColumnType<bigint, bigint | number | string, bigint | number | string>" };
  execFileSync(
    "kysely-codegen",
    [
      ...["--dialect", "postgres", "--url", postgres.connectionString, "--out-file", target],
      ...["--exclude-pattern", "applied_sql", "--type-mapping", JSON.stringify(types)],
    ],
    { stdio: "inherit" },
  );
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
