import { expect, test } from "vitest";
import { readMade } from "./madeSource.ts";

test.each([[[7, 3]], [[21]]])("any bytes of a tensor %j, from inside a value on", async (shape) => {
  const values = new Float32Array(21).map((_, i) => i * 1.1);
  const width = shape.length > 1 ? shape[1]! : 1;
  const asked: number[] = [];
  const tensor = {
    name: "made",
    shape,
    rows: async (first: number, count: number) => {
      asked.push(count);
      return values.slice(first * width, (first + count) * width);
    },
  };
  const bytes = new Uint8Array(values.buffer);
  for (const [offset, length] of [
    [0, 84],
    [5, 30],
    [83, 1],
    [12, 12],
  ] as const) {
    const into = new Uint8Array(length);
    await readMade(tensor, offset, into);
    expect(into).toEqual(bytes.slice(offset, offset + length));
  }
  expect(Math.max(...asked)).toBeLessThanOrEqual(shape[0]!);
});
