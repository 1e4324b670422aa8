import { basename, extname } from "node:path";
import { type FoundFile, walkFiles } from "../../files/walkFiles.ts";
import { MODEL_EXTENSIONS } from "./modelExtensions.ts";

/** Model files below some roots; `pathIndex` says below which. */
export async function listed(roots: readonly string[]): Promise<(FoundFile & { readonly pathIndex: number })[]> {
  const all = await Promise.all(roots.map((root) => walkFiles(root, { recurse: true, inside: false })));
  return all.flatMap((files, pathIndex) =>
    files
      .filter(({ name }) => MODEL_EXTENSIONS.includes(extname(basename(name)).toLowerCase()))
      .map((file) => ({ ...file, pathIndex })),
  );
}
