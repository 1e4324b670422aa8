import { expect, test } from "vitest";
import type { TensorEntry, WeightSource } from "../formats/weightSource.ts";
import { gatherRows } from "./gatherRows.ts";

/** A table of bf16 rows in which value k of row n is 4n + k. */
function table(rows: number, width: number): { source: WeightSource; reads: number[] } {
  const reads: number[] = [];
  const entry = { name: "t", encoding: "BF16" as const, shape: [rows, width], offset: 0, bytes: rows * width * 2 };
  const source: WeightSource = {
    path: "te.safetensors",
    identity: "t",
    fileBytes: entry.bytes,
    tensors: new Map([["t", entry]]),
    metadata: {},
    async read(_name, offset, into) {
      reads.push(offset);
      const f32 = Float32Array.from({ length: into.length / 2 }, (_, k) => 4 * (offset / (2 * width)) + k);
      const halves = Uint16Array.from(new Uint32Array(f32.buffer), (bits) => bits >>> 16);
      into.set(new Uint8Array(halves.buffer));
    },
    close: async () => {},
  };
  return { source, reads };
}

test("rows in the order asked for, each read once", async () => {
  const { source, reads } = table(10, 3);
  expect([...(await gatherRows(source, "t", [7, 0, 7, 2, 7]))]).toEqual([
    28, 29, 30, 0, 1, 2, 28, 29, 30, 8, 9, 10, 28, 29, 30,
  ]);
  expect(reads.sort((a, b) => a - b)).toEqual([0, 12, 42]);
});

test.each([10, -1, 0.5, Number.NaN])("%d is no row", async (id) => {
  const { source, reads } = table(10, 3);
  await expect(gatherRows(source, "t", [1, id])).rejects.toThrow(
    `token ${id} is not among the 10 rows of t in te.safetensors`,
  );
  expect(reads).toEqual([]);
});

test("a failed read is passed on", async () => {
  const { source } = table(10, 3);
  const failing = { ...source, read: () => Promise.reject(new Error("EIO")) };
  await expect(gatherRows(failing, "t", [1, 2, 3, 4, 5, 6])).rejects.toThrow("EIO");
});

test("a quantised table's rows are scaled, and its scales are read once", async () => {
  const reads: string[] = [];
  const tensors: TensorEntry[] = [
    { name: "table", encoding: "I8", shape: [4, 2], offset: 0, bytes: 8, layer: { scale: "scale" } },
    { name: "scale", encoding: "F32", shape: [4], offset: 0, bytes: 16 },
  ];
  const data: Record<string, Uint8Array> = {
    table: new Uint8Array(Int8Array.of(1, -2, 3, -4, 5, -6, 7, -8).buffer),
    scale: new Uint8Array(Float32Array.of(1, 10, 100, 0.5).buffer),
  };
  const source: WeightSource = {
    path: "m",
    fileBytes: 24,
    identity: "1",
    metadata: {},
    tensors: new Map(tensors.map((entry) => [entry.name, entry])),
    async read(name, offset, into) {
      reads.push(name);
      into.set(data[name]!.subarray(offset, offset + into.length));
    },
    close: async () => {},
  };
  expect(await gatherRows(source, "table", [3, 1, 2, 1])).toEqual(
    Float32Array.of(3.5, -4, 30, -40, 500, -600, 30, -40),
  );
  expect(reads.filter((name) => name === "scale")).toHaveLength(1);
});
