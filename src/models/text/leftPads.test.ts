import { expect, test } from "vitest";
import { leftPads } from "./leftPads.ts";

const PAD = 0;
const drawn = (ids: number[]) => {
  const ones = () => new Float32Array(2 * ids.length).fill(1);
  const { mask, cos, sin } = leftPads(ids, PAD, { cos: ones(), sin: ones() });
  expect(cos).toEqual(sin);
  const rows = ids.map((_, q) =>
    [...mask.subarray(q * ids.length, (q + 1) * ids.length)].map((m) => (m === 0 ? "x" : ".")).join(""),
  );
  return { rows, turned: [...cos].filter((_, i) => i % 2 === 0).join("") };
};

test("without pads it is causal; a pad inside the text is text", () => {
  expect(drawn([1, 2, 3])).toEqual({ rows: ["x..", "xx.", "xxx"], turned: "111" });
  expect(drawn([1, PAD, 3])).toEqual({ rows: ["x..", "xx.", "xxx"], turned: "111" });
});

test("pads take the mean of what one reason hides from them, and nobody sees them", () => {
  expect(drawn([PAD, PAD, PAD, 1, 2])).toEqual({
    rows: ["x..xx", "xx.xx", "xxxxx", "...x.", "...xx"],
    turned: "00011",
  });
  expect(drawn([PAD, PAD])).toEqual({ rows: ["x.", "xx"], turned: "00" });
});
