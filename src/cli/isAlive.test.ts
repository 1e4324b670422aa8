import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isAlive } from "./isAlive.ts";

test("this process is, one that has ended is not", () => {
  expect(isAlive(process.pid)).toBe(true);
  expect(isAlive(spawnSync(process.execPath, ["--version"]).pid)).toBe(false);
});
