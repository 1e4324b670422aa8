import { expect, test } from "vitest";
import { hadamardParts, hadamardRows } from "./hadamard.ts";

const sizes = { rows: 6, columns: 5, rank1: 2, rank2: 3 };
const numbers = (length: number, seed: number) => new Float32Array(length).map((_, i) => Math.sin(seed + i * i));
const f = { ...sizes, w1a: numbers(12, 1), w1b: numbers(10, 2), w2a: numbers(18, 3), w2b: numbers(15, 4) };

test("the smaller of the two forms is taken", () => {
  expect(hadamardParts({ rows: 100, columns: 80, rank1: 4, rank2: 4 })).toEqual([
    { part: "down", shape: [16, 80] },
    { part: "up", shape: [100, 16] },
  ]);
  expect(hadamardParts(sizes)).toEqual([{ part: "delta", shape: [6, 5] }]);
});

test("up times down is the delta, and rows are the same however many are asked for", () => {
  const [up, down] = [hadamardRows(f, "up", 0, 6), hadamardRows(f, "down", 0, 6)];
  const delta = hadamardRows(f, "delta", 0, 6);
  for (let r = 0; r < 6; r++)
    for (let c = 0; c < 5; c++) {
      let sum = 0;
      for (let n = 0; n < 6; n++) sum += up[r * 6 + n]! * down[n * 5 + c]!;
      expect(sum).toBeCloseTo(delta[r * 5 + c]!, 6);
    }
  for (const [part, width] of [
    ["up", 6],
    ["down", 5],
    ["delta", 5],
  ] as const)
    expect(hadamardRows(f, part, 2, 3)).toEqual(hadamardRows(f, part, 0, 6).slice(2 * width, 5 * width));
});
