/** Schema file: what src/platform/schema.ts says, made from a migrated database. */
import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Where the types of every table are kept. */
export const schemaFile = join(root, "src", "platform", "schema.ts");

/** Writes the types of every table and view of a database to `target`. */
export function writeSchema(connectionString: string, target: string): void {
  const types = { int8: "ColumnType<bigint, bigint | number | string, bigint | number | string>" };
  execFileSync(
    "kysely-codegen", // npm puts it on the path of its scripts
    [
      ...["--dialect", "postgres", "--url", connectionString, "--out-file", target],
      ...["--exclude-pattern", "applied_sql", "--type-mapping", JSON.stringify(types)],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
}
