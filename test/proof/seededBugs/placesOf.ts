import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Bug } from "./bug.ts";

/** Every place of a bug's text, as paths of source files under `root`; a file is listed as often as it holds it. One place is right. */
export function placesOf(root: string, { where, from }: Bug): string[] {
  const files = statSync(join(root, where)).isDirectory()
    ? readdirSync(join(root, where), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
        .map((name) => join(where, name))
    : [where];
  return files.flatMap((file) =>
    new Array<string>(readFileSync(join(root, file), "utf8").split(from).length - 1).fill(file),
  );
}
