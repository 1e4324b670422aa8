import { spawn } from "node:child_process";
import { join } from "node:path";
import type { BugTest } from "./bug.ts";

/** Longer than any of these tests takes on a busy machine. */
const LIMIT_MS = 400_000;

export interface Outcome {
  readonly passed: boolean;
  /** The first failed test, or why there is none. A file that does not even load is none: it may be the bug that does not parse. */
  readonly what: string;
  /** The last of what the run printed. */
  readonly said: string;
}

/** Runs one test file (or folder) of `folder` until a test fails. A run that does not end is no catch: it names nothing. */
export function runTest(folder: string, { file, name }: BugTest): Promise<Outcome> {
  const argv = [join(folder, "node_modules/vitest/vitest.mjs"), "run", file, "--bail", "1", "--testTimeout", "240000"];
  const child = spawn(process.execPath, name === undefined ? argv : [...argv, "-t", name], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", CI: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  return new Promise((resolve) => {
    let late = false;
    const limit = setTimeout(() => {
      late = true;
      child.kill("SIGKILL");
    }, LIMIT_MS);
    child.on("close", (code) => {
      clearTimeout(limit);
      const failed = /^ FAIL {2}(.* > .*)$/m.exec(said)?.[1];
      const ran = /Tests .*(passed|failed)/.test(said);
      const end = (passed: boolean, what: string) => resolve({ passed, what, said: said.slice(-4000) });
      if (code === 0 && ran) end(true, "all passed");
      else if (failed !== undefined && !late) end(false, failed);
      // No test failed and not all passed: it did not run, which proves nothing.
      else end(true, late ? "it did not end" : "no test ran");
    });
  });
}
