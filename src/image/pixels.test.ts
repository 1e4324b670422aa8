import { expect, test } from "vitest";
import { fromBytes } from "./fromBytes.ts";
import { imageBatch } from "./image.ts";
import { maskFromAlpha } from "./maskFromAlpha.ts";
import { toBytes } from "./toBytes.ts";

test("every byte comes back", () => {
  const data = Uint8Array.from({ length: 768 }, (_, i) => i & 255);
  expect(toBytes(fromBytes({ width: 16, height: 16, channels: 3, max: 255, data }), 0)).toEqual(data);
});

test("cut off, not rounded; clamped; NaN is black", () => {
  const values = Float32Array.of(
    0.999,
    1,
    1.5,
    -0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0.5,
    1.9 / 255,
  );
  const image = imageBatch({ width: 3, height: 1, channels: 3, batch: 1 }, values);
  expect([...toBytes(image, 0)]).toEqual([254, 255, 255, 0, 0, 255, 0, 127, 1]);
});

test("one picture of a batch", () => {
  const image = imageBatch(
    { width: 1, height: 1, channels: 3, batch: 3 },
    Float32Array.from({ length: 9 }, (_, i) => (i + 0.5) / 255),
  );
  expect([0, 1, 2].map((i) => [...toBytes(image, i)])).toEqual([
    [0, 1, 2],
    [3, 4, 5],
    [6, 7, 8],
  ]);
  for (const index of [3, -1, Number.NaN]) expect(() => toBytes(image, index)).toThrow("invariant: picture");
});

test("a batch of the wrong length", () => {
  expect(() => imageBatch({ width: 2, height: 2, channels: 3, batch: 1 }, new Float32Array(11))).toThrow(
    "invariant: 11 values for an image batch of [1, 2, 2, 3]",
  );
});

test.each([
  [1, [51], [0.2, 0.2, 0.2], undefined],
  [2, [51, 255], [0.2, 0.2, 0.2], 0],
  [3, [0, 51, 255], [0, 0.2, 1], undefined],
  [4, [0, 51, 255, 51], [0, 0.2, 1], 0.8],
] as const)("%i channels", (channels, bytes, want, mask) => {
  const pixels = { width: 1, height: 1, channels, max: 255, data: Uint8Array.from(bytes) } as const;
  expect([...fromBytes(pixels).data]).toEqual(want.map(Math.fround));
  const made = maskFromAlpha(pixels);
  if (mask === undefined) expect(made).toEqual({ width: 64, height: 64, batch: 1, data: new Float32Array(4096) });
  else expect(made).toEqual({ width: 1, height: 1, batch: 1, data: Float32Array.of(1 - Math.fround(1 - mask)) });
});

test("16 bits", () => {
  const pixels = { width: 1, height: 1, channels: 2, max: 65535, data: Uint16Array.of(65535, 13107) } as const;
  expect([...fromBytes(pixels).data]).toEqual([1, 1, 1]);
  expect(maskFromAlpha(pixels).data[0]).toBeCloseTo(0.8, 6);
});
