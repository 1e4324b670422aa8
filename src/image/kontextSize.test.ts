import { expect, test } from "vitest";
import { kontextSize } from "./kontextSize.ts";

test.each([
  [512, 512, 1024, 1024],
  [1920, 1080, 1392, 752],
  [1080, 1920, 752, 1392],
  [10, 1000, 672, 1568],
  [1000, 10, 1568, 672],
])("%i x %i", (width, height, w, h) => expect(kontextSize(width, height)).toEqual({ width: w, height: h }));
