import { matchesGlob } from "./matchesGlob.ts";

/** Whether one of the patterns is a path's, or its name's where the pattern has no "/". */
export function isIncluded(path: string, patterns: readonly string[]): boolean {
  const name = path.split("/").at(-1)!;
  return patterns.some(
    (pattern) => matchesGlob(path, pattern) || (!pattern.includes("/") && matchesGlob(name, pattern)),
  );
}
