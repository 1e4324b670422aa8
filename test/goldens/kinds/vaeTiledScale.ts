import { tiled } from "../../../src/models/vae/index.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input, param } from "../params.ts";

interface Row {
  readonly tile_x: number;
  readonly tile_y: number;
  readonly overlap: number;
}

/** Tiling alone, of something that is no model: nearest upscaling plus the tile's mean, which makes seams visible. */
export const vaeTiledScale: KindRunner = {
  kind: "vae.tiled_scale",
  async run(golden) {
    const factor = param(golden, "upscale_amount", "number");
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { tile_x, tile_y, overlap }] of (golden.params["cases"] as Row[]).entries()) {
      const { shape, data } = input(golden, String(i));
      const [batch, channels, height, width] = shape as [number, number, number, number];
      const out = await tiled(
        { batch, channels, height, width, data: data as Float32Array },
        [{ height: tile_y, width: tile_x, overlap }],
        { channels, size: (cells) => factor * cells },
        async ({ width }) => ({ make: async (tile) => grown(tile, width, factor), end: () => {} }),
      );
      values[`out.${i}`] = { shape: [batch, channels, factor * height, factor * width], data: out };
    }
    return { values };
  },
};

function grown(tile: Float32Array, width: number, factor: number): Float32Array {
  const mean = tile.reduce((sum, value) => sum + value, 0) / tile.length;
  const wide = width * factor;
  return Float32Array.from({ length: tile.length * factor * factor }, (_, i) => {
    const [row, column] = [Math.floor(i / wide), i % wide];
    return tile[Math.floor(row / factor) * width + Math.floor(column / factor)]! + mean;
  });
}
