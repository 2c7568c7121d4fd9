/**
 * Bundle: the store process as one file. A killed store is followed by another, and reading one file
 * takes a process half the time of finding thirteen hundred.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";
import type { AtEnd } from "./databases.ts";

const entry = fileURLToPath(new URL("./store.ts", import.meta.url));

/** The store as a file. */
export interface StoreBundle {
  readonly file: string;
  /** Where Node keeps what it has compiled of it. */
  readonly compileCache: string;
}

/** Writes the bundle, which is gone at the end. */
export async function bundleStore(atEnd: AtEnd): Promise<StoreBundle> {
  const folder = await mkdtemp(join(tmpdir(), "konter-crash-store-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  await build({
    configFile: false,
    logLevel: "silent",
    plugins: [
      {
        name: "every module is where it was",
        enforce: "pre",
        transform: (code, id) =>
          code
            .replaceAll("import.meta.url", () => JSON.stringify(pathToFileURL(id).href))
            // A package may have a name like that of its own.
            .replaceAll(/(?<=\(|, )__dirname\b/g, () => JSON.stringify(dirname(id))),
      },
    ],
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      minify: true,
      outDir: folder,
      rolldownOptions: {
        external: ["pg-native", "zlib-sync"], // which nobody installs
        output: { entryFileNames: "store.mjs", codeSplitting: false },
      },
    },
  });
  return { file: join(folder, "store.mjs"), compileCache: join(folder, "compiled") };
}
