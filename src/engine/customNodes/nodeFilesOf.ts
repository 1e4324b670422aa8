import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const CODE = /\.[cm]?[jt]s$/;
/** Declarations without code, and tests that lie beside what they test. */
const NO_NODES = /\.d\.[cm]?ts$|\.(test|spec)\.[cm]?[jt]s$/;
const INDEX = ["index.ts", "index.js", "index.mts", "index.mjs", "index.cts", "index.cjs"];

/**
 * The files of a folder of nodes, sorted: its JavaScript and TypeScript files, and index.* of each folder in it. What starts with a dot or an
 * underscore is the others' own, and so is node_modules.
 */
export function nodeFilesOf(folder: string): readonly string[] {
  const files: string[] = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const { name } = entry;
    if (/^[._]/.test(name) || name === "node_modules") continue;
    const path = join(folder, name);
    const index = CODE.test(name) ? undefined : INDEX.map((file) => join(path, file)).find((file) => existsSync(file));
    if (index !== undefined) files.push(index);
    else if (!entry.isDirectory() && CODE.test(name) && !NO_NODES.test(name)) files.push(path);
  }
  return files.sort();
}
