import { expect, test } from "vitest";
import { headerSource } from "../../../test/support/headerSource.ts";
import { blocksToF32 } from "./blocksToF32.ts";
import { decodeBlocks } from "./decodeBlocks.ts";

/** Forty blocks of Q4_0 whose scale is 1. */
const BYTES = Uint8Array.from({ length: 40 * 18 }, (_, i) => (i % 18 === 0 ? 0 : i % 18 === 1 ? 0x3c : (i * 37) & 255));
const source = (asked: number[] = []) => ({
  ...headerSource({}),
  read: async (_name: string, offset: number, into: Uint8Array) => {
    asked.push(into.length);
    into.set(BYTES.subarray(offset, offset + into.length));
  },
});

test.each([1, 18, 100, 1e6])("pieces of %d bytes give what the whole gives", async (piece) => {
  const asked: number[] = [];
  const out = new Float32Array(40 * 32);
  await blocksToF32(source(asked), "w", "Q4_0", 0, out, piece);
  expect(out).toEqual(decodeBlocks("Q4_0", BYTES));
  expect(Math.max(...asked)).toBeLessThanOrEqual(Math.max(piece, 18));
});

test("a part, from the middle", async () => {
  const out = new Float32Array(3 * 32);
  await blocksToF32(source(), "w", "Q4_0", 5 * 32, out, 20);
  expect(out).toEqual(decodeBlocks("Q4_0", BYTES).subarray(5 * 32, 8 * 32));
});

test.each([
  [16, 32],
  [0, 33],
])("values %d and %d on are no whole blocks", async (first, length) => {
  await expect(blocksToF32(source(), "w", "Q4_0", first, new Float32Array(length), 100)).rejects.toThrow(/invariant/);
});
