import { expect, test } from "vitest";
import { textMask } from "./mask.ts";

const PAD = 9;
const drawn = (ids: number[]) => {
  const mask = textMask(ids, PAD);
  return ids.map((_, q) =>
    [...mask.subarray(q * ids.length, (q + 1) * ids.length)]
      .map((m) => (m === 0 ? "x" : m === 0xfc00 ? "." : "?"))
      .join(""),
  );
};

test("causal; nobody sees the first pad or what follows it", () => {
  expect(drawn([1, 2, 3])).toEqual(["x..", "xx.", "xxx"]);
  expect(drawn([1, 2, PAD, PAD])).toEqual(["x...", "xx..", "xx..", "xx.."]);
  expect(drawn([1, PAD, 3])).toEqual(["x..", "x..", "x.."]);
});

test("no row is without a key", () => expect(drawn([PAD, PAD])).toEqual(["x.", "x."]));
