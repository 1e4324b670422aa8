import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { SavedPicture } from "../nodes/context.ts";
import { appendSaved, forgetSaved, readSaved } from "./savedLog.ts";

const folder = mkdtempSync(join(tmpdir(), "weir-saved-"));
afterAll(() => rmSync(folder, { recursive: true }));

const picture = (filename: string): SavedPicture => ({
  node: "9",
  index: 0,
  type: "output",
  subfolder: "",
  filename,
  inode: "12",
});

test("a job's pictures are read back, others' are not, and a line that a kill cut is not read", () => {
  const file = join(folder, "saved.jsonl");
  expect(readSaved(file, "a")).toEqual([]);
  appendSaved(file, { jobId: "a", picture: picture("a_1.png") });
  appendSaved(file, { jobId: "b", picture: picture("b_1.png") });
  appendSaved(file, { jobId: "a", picture: picture("a_2.png") });
  appendFileSync(file, '{"jobId":"a","picture":{"node":"9","ind');
  expect(readSaved(file, "a")).toEqual([picture("a_1.png"), picture("a_2.png")]);
  expect(readSaved(file, "b")).toEqual([picture("b_1.png")]);
  appendSaved(file, { jobId: "b", picture: picture("b_2.png") });
  expect(readSaved(file, "b")).toEqual([picture("b_1.png"), picture("b_2.png")]);
  forgetSaved(file, "a");
  expect(readSaved(file, "a")).toEqual([]);
  expect(readSaved(file, "b")).toEqual([picture("b_1.png"), picture("b_2.png")]);
  forgetSaved(file, "b");
  forgetSaved(file, "of nobody");
  expect(existsSync(file)).toBe(false);
});

test("a folder that is not there loses the line and nothing else", () => {
  const file = join(folder, "no", "saved.jsonl");
  expect(() => appendSaved(file, { jobId: "a", picture: picture("a.png") })).not.toThrow();
  expect(readSaved(file, "a")).toEqual([]);
});
