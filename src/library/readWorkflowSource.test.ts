import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WorkflowError } from "../workflow/errors.ts";
import { readWorkflowSource } from "./readWorkflowSource.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-source-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (content: string | Buffer) => {
  const path = join(folder, "w");
  writeFileSync(path, content);
  return readWorkflowSource("w", path);
};

const header = Buffer.from('{"a":{}}');
const safetensors = Buffer.concat([Buffer.from(BigUint64Array.of(BigInt(header.length)).buffer), header]);

test.each([
  [safetensors, "w is a safetensors file, which holds no workflow"],
  [Buffer.from("GGUF\x03\0\0\0"), "w is a GGUF file, which holds no workflow"],
  [Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), "w is a JPEG picture, which holds no workflow"],
  ["<!DOCTYPE html><html>", "w is a web page, which holds no workflow"],
])("what is plainly something else is named", async (content, message) => {
  const error = await read(content).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(WorkflowError);
  expect((error as WorkflowError).code).toBe("no-workflow");
  expect((error as WorkflowError).message).toContain(message);
  expect((error as WorkflowError).message.includes("weir inspect w")).toBe(/safetensors|GGUF/.test(message));
});

test.each(["", "{", '{"1": {}}', "a text", "\ufeff{}", "[\u0000"])(
  "text stays for the reader of JSON: %j",
  async (text) => expect(await read(text)).toEqual({ name: "w", json: text }),
);
