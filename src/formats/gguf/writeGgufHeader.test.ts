import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openGguf } from "./gguf.ts";
import { ggufI32List, ggufString, ggufU32 } from "./ggufValue.ts";
import { readGgufValues } from "./readGgufValues.ts";
import { type GgufTensor, writeGgufHeader } from "./writeGgufHeader.ts";

const goldens = join(import.meta.dirname, "../../../../shared/golden/quant");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weir-gguf-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tensors: readonly GgufTensor[] = [
  { name: "a", encoding: "Q4_K", shape: [3, 512] },
  { name: "b", encoding: "F32", shape: [5] },
  { name: "c", encoding: "BF16", shape: [2, 3, 4, 5, 6] },
  { name: "scalar", encoding: "F32", shape: [] },
];

test("what is laid out is what the reader finds", async () => {
  const metadata = new Map([
    ["general.architecture", ggufString("flux")],
    ["general.quantization_version", ggufU32(2)],
    ["list", ggufI32List([1, -2])],
  ]);
  const { header, places, fileBytes } = writeGgufHeader(metadata, tensors);
  const path = join(folder, "x.gguf");
  const bytes = Buffer.alloc(fileBytes);
  bytes.set(header);
  places.forEach((place, i) => void bytes.fill(i + 1, place.offset, place.offset + place.bytes));
  writeFileSync(path, bytes);
  const file = await openGguf(path);
  expect([...file.tensors.values()].map(({ name, encoding, shape }) => ({ name, encoding, shape }))).toEqual(tensors);
  expect(file.architecture).toBe("flux");
  expect(await file.list("list")).toEqual([1, -2]);
  for (const [i, { name }] of tensors.entries()) {
    const read = new Uint8Array(file.tensors.get(name)!.bytes);
    await file.read(name, 0, read);
    expect(read.every((byte) => byte === i + 1)).toBe(true);
  }
  // again from what was read
  expect(writeGgufHeader(await readGgufValues(file), tensors).header).toEqual(header);
  await file.close();
});

test.skipIf(!existsSync(goldens))("metadata of a file that gguf-py wrote is carried byte for byte", async () => {
  const file = await openGguf(join(goldens, "small.gguf"));
  const all = readFileSync(file.path);
  const values = await readGgufValues(file);
  expect([...values.keys()]).toEqual([...file.values.keys()]);
  for (const [key, value] of values) expect(all.includes(Buffer.concat([Buffer.from(key), value]))).toBe(true);
  await file.close();
});

test.each([
  ["rows that are no whole blocks", { name: "x", encoding: "Q4_K", shape: [2, 100] }],
  ["a type GGUF has not", { name: "x", encoding: "U8", shape: [4] }],
] as const)("%s are a mistake of ours", (_, tensor) => {
  expect(() => writeGgufHeader(new Map(), [tensor])).toThrow(/invariant/);
});
