import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { readCase } from "./goldenCase.ts";
import type { GoldenDevice } from "./goldenDevice.ts";
import { type CaseResult, runCase } from "./runCase.ts";

/** Folders with a format of their own. */
const OTHER_FORMATS = new Set(["api"]);

export interface GoldensOptions {
  /** Only these kinds; a kind that no case has is an empty run. */
  readonly kinds?: ReadonlySet<string>;
  readonly device: GoldenDevice;
  readonly onResult?: (result: CaseResult) => void;
}

/** Runs every case under `folder` (or the one case in a file), in the order of their paths. Rejects when there is no such folder. */
export async function runGoldens(
  folder: string,
  { kinds, device, onResult }: GoldensOptions,
): Promise<readonly CaseResult[]> {
  const results: CaseResult[] = [];
  for (const file of await caseFiles(folder)) {
    let result: CaseResult;
    try {
      const golden = await readCase(file, kinds);
      if (golden === null) continue;
      result = await runCase(golden, device);
    } catch (error) {
      const note = error instanceof Error ? error.message : String(error);
      const ratio = Number.POSITIVE_INFINITY;
      result = { name: file, kind: "?", status: "failed", ratio, worst: "", notes: [`unreadable case: ${note}`] };
    }
    results.push(result);
    onResult?.(result);
  }
  return results;
}

async function caseFiles(from: string): Promise<string[]> {
  if ((await stat(from)).isFile()) return [from];
  const found: string[] = [];
  const entries = await readdir(from, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(from, entry.name);
    if (entry.isDirectory()) {
      if (!OTHER_FORMATS.has(entry.name)) found.push(...(await caseFiles(full)));
    } else if (entry.name.endsWith(".json")) found.push(full);
  }
  return found;
}
