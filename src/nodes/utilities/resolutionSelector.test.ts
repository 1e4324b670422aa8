import { expect, test } from "vitest";
import { runNode } from "../testing/runNode.ts";
import { ResolutionSelector } from "./resolutionSelector.ts";

test.each([
  ["1:1 (Square)", 1, 8, 1024, 1024],
  ["16:9 (Widescreen)", 1, 8, 1368, 768],
  ["9:16 (Portrait Widescreen)", 1, 8, 768, 1368],
  ["21:9 (Ultrawide)", 2, 64, 2240, 960],
  ["3:2 (Photo)", 0.1, 16, 400, 272],
])("%s of %d megapixels in steps of %d", async (aspect_ratio, megapixels, multiple, width, height) =>
  expect(await runNode(ResolutionSelector, { aspect_ratio, megapixels, multiple })).toEqual({ width, height }),
);
