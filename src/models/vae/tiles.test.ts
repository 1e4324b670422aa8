import fc from "fast-check";
import { expect, test } from "vitest";
import { tilesOf } from "./tiles.ts";

test("one tile where all fits", () =>
  expect(tilesOf({ height: 4, width: 8 }, { height: 4, width: 8, overlap: 20 })).toEqual([
    { y: 0, x: 0, height: 4, width: 8 },
  ]));

test("row by row, the last ones smaller", () =>
  expect(tilesOf({ height: 5, width: 9 }, { height: 8, width: 4, overlap: 1 })).toEqual([
    { y: 0, x: 0, height: 5, width: 4 },
    { y: 0, x: 3, height: 5, width: 4 },
    { y: 0, x: 6, height: 5, width: 3 },
  ]));

test.each([4, 5])("tiles 4 long that overlap by %d", (overlap) =>
  expect(() => tilesOf({ height: 1, width: 9 }, { height: 1, width: 4, overlap })).toThrow(
    "never reach the end of 9: the overlap must be less than half of tile_size",
  ),
);

test("every cell is in a tile, and neighbours share the overlap", () => {
  const size = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 0, max: 20 }), (width, tile, overlap) => {
      fc.pre(tile > overlap);
      const tiles = tilesOf({ height: 1, width }, { height: 1, width: tile, overlap });
      for (const [i, { x, width: long }] of tiles.entries()) {
        const next = tiles[i + 1];
        expect(x + long).toBe(next ? next.x + overlap : width);
        expect(long).toBeGreaterThan(width > tile ? overlap : 0);
        expect(long).toBeLessThanOrEqual(Math.max(tile, 1));
      }
    }),
  );
});
