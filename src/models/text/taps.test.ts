import { expect, test } from "vitest";
import { defaultTaps } from "./taps.ts";

test.each([
  [36, [9, 18, 27]],
  [28, [7, 14, 21]],
  [4, [1, 2, 3]],
])("%d layers", (layers, taps) => expect(defaultTaps(layers)).toEqual(taps));

test("a file cut off behind the last one", () => expect(defaultTaps(30, true)).toEqual(defaultTaps(40)));
