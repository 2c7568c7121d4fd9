// Checks who imports whom: `node scripts/check-imports.ts [FOLDER]`, the repository by default.
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cruise, type ICruiseResult } from "dependency-cruiser";
import { rules } from "./dependency-rules.ts";

const here = dirname(fileURLToPath(import.meta.url));
process.chdir(process.argv[2] ?? join(here, ".."));

const roots = ["src", "simulators", "test", "scripts", "bench", "playground"];
const isSource = (path: string) => /\.(ts|tsx|mjs)$/.test(path) && !path.endsWith(".d.ts");
const notCruised = /^playground\/dist\//;

const present = globSync(roots.map((root) => `${root}/**/*`)).filter(
  (path) => isSource(path) && !notCruised.test(path),
);
const { output } = await cruise(
  roots.filter((root) => present.some((path) => path.startsWith(`${root}/`))),
  {
    // The default parser reads nothing under TypeScript 7, and then finds nothing wrong.
    parser: "swc",
    validate: true,
    ruleSet: { forbidden: rules },
    exclude: { path: notCruised.source },
    doNotFollow: { path: "node_modules" },
  },
  { conditionNames: ["import", "types", "node", "default"], exportsFields: ["exports"] },
);
if (typeof output === "string") throw new Error("dependency-cruiser gave no result");
process.exitCode = report(output);

function report({ modules, summary }: ICruiseResult): number {
  const read = new Set(modules.map((module) => module.source));
  const unread = present.filter((path) => !read.has(path));
  const importCount = modules.reduce((sum, module) => sum + module.dependencies.length, 0);
  const problems = summary.violations.map((violation) => {
    const way = violation.cycle?.map((step) => step.name) ?? [violation.to];
    return `${violation.rule.name}:\n  ${[violation.from, ...way].join(" → ")}`;
  });
  if (unread.length > 0) {
    problems.push(`not read, so not checked:\n  ${unread.join("\n  ")}`);
  }
  if (importCount < present.length) {
    problems.push(
      `only ${importCount} imports in ${present.length} files: the parser is not right`,
    );
  }
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  if (problems.length > 0) return 1;
  process.stdout.write(`${present.length} files, ${importCount} imports: the table holds\n`);
  return 0;
}
