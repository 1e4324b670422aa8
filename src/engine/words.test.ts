import { expect, test } from "vitest";
import { BreadcrumbTrail, describeBreadcrumb } from "./breadcrumb.ts";
import { parseCrashSwitch } from "./crashSwitch.ts";
import { describeExit } from "./describeExit.ts";
import { LastLines } from "./lastLines.ts";
import { plainError } from "./plainError.ts";

test.each([
  [null, "SIGKILL", "SIGKILL: the system killed it: out of memory?"],
  [null, "SIGSEGV", "SIGSEGV: memory was used wrongly inside the compute library or a driver"],
  [null, "SIGABRT", "SIGABRT: a check inside the compute library failed"],
  [null, "SIGUSR1", "SIGUSR1"],
  [134, null, "SIGABRT: a check inside the compute library failed"],
  [137, null, "SIGKILL: the system killed it: out of memory?"],
  [3221225477, null, "0xC0000005: access violation inside the compute library or a driver"],
  [7, null, "exit code 7"],
  [null, null, "it ended without a code"],
] as const)("exit %s %s", (code, signal, text) => expect(describeExit(code, signal)).toBe(text));

test("a trail keeps the last whole breadcrumb, however the pipe cuts it", () => {
  const trail = new BreadcrumbTrail();
  expect(describeBreadcrumb(trail.last())).toBe("");
  trail.add('["1","VAEDecode","",""]\n["2","KSam');
  expect(describeBreadcrumb(trail.last())).toBe("node 1 (VAEDecode)");
  trail.add('pler","flux2","double_blocks.0"]\n["3","half');
  expect(describeBreadcrumb(trail.last())).toBe("double_blocks.0 of flux2, in node 2 (KSampler)");
});

test("the last lines of a stream, bounded both ways", () => {
  const lines = new LastLines();
  for (let i = 0; i < 100; i++) lines.add(`line ${i}\n`);
  lines.add("\n\nhalf a l");
  lines.add("ine");
  expect(lines.lines()).toHaveLength(21);
  expect(lines.lines().at(-1)).toBe("half a line");
  expect(lines.lines().at(-2)).toBe("line 99");
  lines.add("x".repeat(100_000));
  expect(lines.lines().at(-1)).toHaveLength(500);
});

test.each([
  ["stage:3:abort", { stage: 3, how: "abort", always: false }],
  ["stage:12:kill:always", { stage: 12, how: "kill", always: true }],
  ["", null],
  [undefined, null],
] as const)("WEIR_TEST_CRASH=%s", (text, parsed) => expect(parseCrashSwitch(text)).toEqual(parsed));

test("a crash switch that means nothing is an error", () => {
  expect(() => parseCrashSwitch("stage:0:abort")).toThrowErrorMatchingInlineSnapshot(
    `[Error: WEIR_TEST_CRASH is "stage:0:abort"; expected stage:N:abort or stage:N:kill, and :always]`,
  );
});

test("errors as data", () => {
  class Ours extends Error {
    readonly code = "corrupt-file";
  }
  expect(plainError(new Ours("x.safetensors: ends early"))).toMatchObject({
    code: "corrupt-file",
    message: "x.safetensors: ends early",
  });
  expect(plainError(Object.assign(new Error("EIO: i/o error"), { code: "EIO" }))).toMatchObject({ code: "system" });
  expect(plainError(new Error("invariant: lease count -1"))).toMatchObject({ code: "internal" });
  expect(plainError("thrown text")).toEqual({ code: "internal", message: "thrown text" });
});
