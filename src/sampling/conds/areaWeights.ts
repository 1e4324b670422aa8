import type { LatentShape } from "./areas.ts";
import type { Area, CondRegion } from "./condRegion.ts";

/** How far an area without a mask fades in from sides that do not lie on the latent's border, in cells. */
const FADE = 8;

/**
 * How much a prediction counts at each cell of its area: [pictures, area.height, area.width], with as many pictures as the mask has (one
 * without a mask). `area`: as `areaInside` gives it.
 */
export function areaWeights(region: CondRegion, [, , rows, columns]: LatentShape, area: Area): Float32Array {
  const { mask, strength } = region;
  const { height, width, y, x } = area;
  const pictures = mask?.batch ?? 1;
  const weights = new Float32Array(pictures * height * width);
  for (let n = 0; n < pictures; n++)
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const masked = mask === null ? 1 : mask.data[(n * rows + y + row) * columns + x + column]!;
        weights[(n * height + row) * width + column] = masked * strength;
      }
  if (mask !== null || region.area === null) return weights;
  const up = fade(height, y, y + height < rows);
  const across = fade(width, x, x + width < columns);
  return weights.map((weight, i) => weight * up[Math.floor(i / width)]! * across[i % width]!);
}

/** Along one side of `size` cells that begins at `from`; `open`: it ends before the border. Short sides fade over a quarter. */
function fade(size: number, from: number, open: boolean): readonly number[] {
  const cells = Math.min(FADE, Math.floor(size / 4));
  return Array.from({ length: size }, (_, i) => {
    const [before, after] = [i, size - 1 - i];
    const first = from !== 0 && before < cells ? (before + 1) / cells : 1;
    const last = open && after < cells ? (after + 1) / cells : 1;
    return first * last;
  });
}
