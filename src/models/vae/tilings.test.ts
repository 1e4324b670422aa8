import { expect, test } from "vitest";
import { decodeTilings, encodeTilings } from "./tilings.ts";

test("decoding counts cells, and an overlap of more than a quarter is cut", () => {
  expect(decodeTilings({ tileSize: 512, overlap: 64 }, 16)).toEqual([
    { height: 64, width: 16, overlap: 4 },
    { height: 16, width: 64, overlap: 4 },
    { height: 32, width: 32, overlap: 4 },
  ]);
  expect(decodeTilings({ tileSize: 64, overlap: 64 }, 16)[0]).toEqual({ height: 8, width: 2, overlap: 1 });
});

test("encoding counts pixels, and cuts nothing", () =>
  expect(encodeTilings({ tileSize: 64, overlap: 48 }, 16)).toEqual([
    { height: 64, width: 64, overlap: 48 },
    { height: 32, width: 128, overlap: 48 },
    { height: 128, width: 32, overlap: 48 },
  ]));

test("sizes without a place in the latent, which may come by a link", () => {
  expect(() => decodeTilings({ tileSize: 31, overlap: 0 }, 16)).toThrow("a tile_size of 31: expected at least 32");
  expect(() => decodeTilings({ tileSize: 64, overlap: -16 }, 16)).toThrow("an overlap of 0 or more");
  for (const [tileSize, overlap] of [
    [0, 0],
    [48, 0],
    [64, 8],
    [64, -16],
  ] as const)
    expect(() => encodeTilings({ tileSize, overlap }, 16)).toThrow(
      "a multiple of 32, and an overlap that is a multiple of 16",
    );
});
