import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Span } from "../runtime/trace.ts";
import { openTraceFile } from "./traceFile.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-trace-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const spans = (n: number, from = 0): Span[] =>
  Array.from({ length: n }, (_, i) => ({ track: "compute", name: `s${from + i}`, start: from + i, end: from + i + 1 }));

test("nothing is there until it is written, then the whole file and nothing else", async () => {
  const path = join(folder, "t.json");
  const trace = await openTraceFile(path);
  trace.add(spans(3));
  expect(readdirSync(folder)).toEqual([]);
  expect(await trace.write()).toContain(`3 spans in ${path}`);
  expect(readdirSync(folder)).toEqual(["t.json"]);
  expect(JSON.parse(readFileSync(path, "utf8")).traceEvents.length).toBeGreaterThan(3);
});

test("memory is bounded: the oldest batches go, and it says how many", async () => {
  const trace = await openTraceFile(join(folder, "t.json"), 20);
  for (let n = 0; n < 10; n++) trace.add(spans(8, 8 * n));
  expect(await trace.write()).toContain("16 spans, without the first 64");
  const text = readFileSync(join(folder, "t.json"), "utf8");
  expect(text).toContain('"s79"');
  expect(text).not.toContain('"s63"');
});

test("a place that cannot be written is told before anything runs", async () => {
  await expect(openTraceFile(join(folder, "none", "t.json"))).rejects.toMatchObject({ code: "cannot-write" });
});

test("a place that became a folder meanwhile is an error, and no half file stays", async () => {
  const path = join(folder, "t.json");
  const trace = await openTraceFile(path);
  mkdirSync(path);
  await expect(trace.write()).rejects.toMatchObject({ code: "cannot-write" });
  expect(readdirSync(folder)).toEqual(["t.json"]);
  expect(existsSync(`${path}.${process.pid}.tmp`)).toBe(false);
});
