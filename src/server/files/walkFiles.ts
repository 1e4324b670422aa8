import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";

/** A file below a folder. `name` has "/". Times are ms since 1970. */
export interface FoundFile {
  readonly name: string;
  readonly path: string;
  readonly size: number;
  readonly modified: number;
  readonly created: number;
}

/** Bounds on a walk: links may make a folder contain itself, and a folder may be the work of years. */
const MAX_DEPTH = 8;
const MAX_FILES = 50_000;

/**
 * Files below a folder, by name; hidden ones are passed over. Links are followed, each real folder is entered once. `inside`: only what lies in
 * the folder itself by its real path. `recurse`: folders in it too. A folder that is not there is empty.
 */
export async function walkFiles(
  root: string,
  options: { readonly recurse: boolean; readonly inside: boolean; readonly folders?: (name: string) => void },
): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const seen = new Set<string>();
  const realRoot = await realpath(root).catch(() => null);
  if (realRoot === null) return [];
  const enter = async (path: string, prefix: string, depth: number): Promise<void> => {
    const real = await realpath(path).catch(() => null);
    if (real === null || seen.has(real) || depth > MAX_DEPTH) return;
    if (options.inside && real !== realRoot && !real.startsWith(realRoot + sep)) return;
    seen.add(real);
    const names = (await readdir(path).catch(() => [] as string[])).filter((name) => !name.startsWith(".")).sort();
    for (const name of names) {
      if (found.length >= MAX_FILES) return;
      const file = join(path, name);
      const facts = await stat(file).catch(() => null);
      if (facts?.isDirectory() && options.recurse) {
        options.folders?.(prefix + name);
        await enter(file, `${prefix}${name}/`, depth + 1);
      }
      if (!facts?.isFile()) continue;
      if (options.inside) {
        const target = await realpath(file).catch(() => null);
        if (target === null || !target.startsWith(realRoot + sep)) continue;
      }
      const { size, mtimeMs, birthtimeMs } = facts;
      found.push({ name: prefix + name, path: file, size, modified: mtimeMs, created: birthtimeMs });
    }
  };
  await enter(root, "", 0);
  return found;
}
