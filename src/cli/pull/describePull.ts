import { isAbsolute, relative } from "node:path";
import { formatBytes } from "../../runtime/formatBytes.ts";
import type { Place } from "./findPlace.ts";

/** Relative where that is shorter to read: inside the current folder. */
export function shortPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside === "" || inside.startsWith("..") || isAbsolute(inside) ? path : inside;
}

/** What a pull is about to do, a line a file: size, origin, place, and what of it is there. */
export function describePull(places: readonly Place[], cwd: string): readonly string[] {
  const sizes = places.map(({ file }) => formatBytes(file.bytes));
  const width = Math.max(...sizes.map((size) => size.length), 0);
  return places.map(({ file, final, folder, candidates, partBytes }, i) => {
    const to = final === null ? `${shortPath(folder, cwd)}, the folder that its header tells` : shortPath(final, cwd);
    const here =
      candidates.length > 0
        ? " (a file of its name and size is here)"
        : partBytes > 0
          ? ` (${formatBytes(partBytes)} are here)`
          : "";
    return `${sizes[i]!.padStart(width)}  ${file.repo}/${file.path} -> ${to}${here}`;
  });
}
