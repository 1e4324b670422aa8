import type { LatentShape } from "./areas.ts";
import type { Area } from "./condRegion.ts";

/** One entry's prediction of the clean latent, [batch, channels, area.height, area.width], and what it counts there (`areaWeights`). */
export interface Part {
  readonly prediction: Float32Array;
  readonly area: Area;
  readonly weights: Float32Array;
}

/** Keeps cells that no entry covers from being 0/0: they become 0. */
const NOTHING = 1e-37;

/** The prediction of a whole conditioning: at each cell the weighted mean of the entries that cover it. */
export function mixPredictions(parts: readonly Part[], shape: LatentShape): Float32Array {
  const [batch, channels, rows, columns] = shape;
  const sum = new Float32Array(batch * channels * rows * columns);
  const count = new Float32Array(sum.length).fill(NOTHING);
  for (const { prediction, area, weights } of parts) {
    const cells = area.height * area.width;
    const pictures = weights.length / cells;
    for (let plane = 0; plane < batch * channels; plane++) {
      const own = (Math.floor(plane / channels) % pictures) * cells;
      for (let cell = 0; cell < cells; cell++) {
        const to = (plane * rows + area.y + Math.floor(cell / area.width)) * columns + area.x + (cell % area.width);
        const weight = weights[own + cell]!;
        sum[to]! += prediction[plane * cells + cell]! * weight;
        count[to]! += weight;
      }
    }
  }
  return sum.map((value, i) => value / count[i]!);
}
