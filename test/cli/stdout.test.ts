import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "./built.ts";

const main = join(root, "dist/cli/main.js");

/** Its stdout is `fd`, or a pipe whose reader is gone before it writes. */
function ended(argv: readonly string[], fd?: number): Promise<{ code: number | null; err: string }> {
  const child = spawn(process.execPath, [main, ...argv], { stdio: ["ignore", fd ?? "pipe", "pipe"] });
  child.stdout?.destroy();
  let err = "";
  child.stderr!.setEncoding("utf8").on("data", (text: string) => (err += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, err })));
}

const convert = ["convert", join(root, "demo/klein.json")];

test.skipIf(!existsSync("/dev/full")).each([["--help"], convert])(
  "a full disk under stdout: told, exit 1: %j",
  async (...argv) => {
    const fd = openSync("/dev/full", "w");
    expect(await ended(argv, fd)).toEqual({ code: 1, err: "weir: the output cannot be written: the disk is full\n" });
    closeSync(fd);
  },
);

test("a reader that is gone: not a word, exit 0", async () => {
  expect(await ended(convert)).toEqual({ code: 0, err: "" });
});
