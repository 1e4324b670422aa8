import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Property tests in the copy try this many cases: a bug that takes more to show is too well hidden for an everyday test. */
const CASES = 80;

/** A copy of what the tests need of the repository, in a new folder, to put bugs into. Installed packages are shared. */
export function copyOf(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), "weir-bugs-"));
  for (const name of ["src", "test", "docs", "demo", "package.json", "tsconfig.json", "vitest.config.ts"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  for (const part of ["src/memory", "test/proof"])
    for (const file of readdirSync(join(folder, part))) {
      if (!file.endsWith(".test.ts")) continue;
      const path = join(folder, part, file);
      const text = readFileSync(path, "utf8");
      const fewer = text
        .replace(/^const RUNS = \d+;$/m, `const RUNS = ${CASES};`)
        .replace(/numRuns: \d+/g, `numRuns: ${CASES}`);
      writeFileSync(path, fewer);
    }
  return folder;
}
