import { expect, test } from "vitest";
import { isPictureLine } from "./isPictureLine.ts";

test.each([
  ["node 6 (LoadImage): Invalid image file: a.png", true],
  ["node 6 (LoadImageMask): Invalid image file: a.png", true],
  ["node 6 (LoadLatent): Invalid latent file: a.latent", true],
  ['node 1 (UNETLoader): "unet_name" is "a"', false],
])("%s", (line, expected) => expect(isPictureLine(line)).toBe(expected));
