import { expect, test } from "vitest";
import { timestepEmbedding } from "./timestep.ts";

test("cosines, then sines, of 1000 t * 10000^(-i/half)", () => {
  const got = timestepEmbedding([0, 0.25], 8);
  expect([...got.subarray(0, 8)]).toEqual([1, 1, 1, 1, 0, 0, 0, 0]);
  const angles = [0, 1, 2, 3].map((i) => 250 * 10_000 ** (-i / 4));
  const want = [...angles.map(Math.cos), ...angles.map(Math.sin)];
  for (let i = 0; i < 8; i++) expect(got[8 + i]).toBeCloseTo(want[i]!, 4);
});
