import { BadArea } from "../errors.ts";
import type { Area, CondRegion } from "./condRegion.ts";

/** [batch, channels, height, width] */
export type LatentShape = readonly [batch: number, channels: number, height: number, width: number];

/** A region's area inside a latent: what sticks out is cut. Throws BadArea where nothing is left. */
export function areaInside({ area }: CondRegion, [, , rows, columns]: LatentShape): Area {
  if (area === null) return { height: rows, width: columns, y: 0, x: 0 };
  const { y, x } = area;
  const height = Math.min(area.height, rows - y);
  const width = Math.min(area.width, columns - x);
  if (height < 1 || width < 1) throw new BadArea(area, rows, columns);
  return { height, width, y, x };
}

/** The cells of a latent in an area: [batch, channels, area.height, area.width]. All of it: the latent itself. */
export function takeArea(x: Float32Array, shape: LatentShape, area: Area): Float32Array {
  const [batch, channels, rows, columns] = shape;
  if (area.height === rows && area.width === columns) return x;
  const out = new Float32Array(batch * channels * area.height * area.width);
  for (let plane = 0; plane < batch * channels; plane++)
    for (let row = 0; row < area.height; row++) {
      const from = (plane * rows + area.y + row) * columns + area.x;
      out.set(x.subarray(from, from + area.width), (plane * area.height + row) * area.width);
    }
  return out;
}
