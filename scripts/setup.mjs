// Installs what package-lock.json asks for when node_modules is missing or older than it, so that
// `npm start` and `npm test` are each one command on a fresh clone. Needs nothing; runs on Node 20.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const installed = join(root, "node_modules", ".package-lock.json");
const lockfile = join(root, "package-lock.json");

const stale = !existsSync(installed) || statSync(installed).mtimeMs < statSync(lockfile).mtimeMs;
const unbuilt = !existsSync(join(root, "playground", "dist", "index.html"));

function npm(...args) {
  // npm_execpath is the npm that runs this script, so a clone never mixes two versions of it.
  const cli = process.env.npm_execpath;
  const [command, prefix] = cli?.endsWith("js") ? [process.execPath, [cli]] : ["npm", []];
  // Standard output belongs to the command itself (`konter simulate` prints JSON there).
  execFileSync(command, [...prefix, ...args], { cwd: root, stdio: ["ignore", 2, 2] });
}

try {
  if (stale && lockedVersionsDiffer()) {
    process.stderr.write("Konter: installing what package-lock.json asks for…\n");
    npm("ci", "--no-audit", "--no-fund", "--loglevel=error");
  } else if (unbuilt) {
    process.stderr.write("Konter: building the playground…\n");
    npm("run", "--silent", "build");
  }
} catch (error) {
  process.stderr.write(
    `Konter: set-up failed (${error instanceof Error ? error.message : error}).\n` +
      "Check the connection to the npm registry and run the command again.\n",
  );
  process.exit(1);
}

// A checkout touches the lockfile without changing it, so a newer date alone is not a reason.
function lockedVersionsDiffer() {
  if (!existsSync(installed)) return true;
  const wanted = JSON.parse(readFileSync(lockfile, "utf8")).packages;
  const present = JSON.parse(readFileSync(installed, "utf8")).packages;
  return Object.entries(wanted).some(([path, entry]) => {
    if (path === "" || (entry.optional && !(path in present))) return false;
    return present[path]?.version !== entry.version;
  });
}
