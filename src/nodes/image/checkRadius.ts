import { NodeInputError } from "../errors.ts";
import type { Image } from "../values.ts";

/** Edges are mirrored, so a blur may not reach further than the picture. Throws NodeInputError. */
export function checkRadius({ width, height }: Image, radius: number): void {
  if (radius < Math.min(width, height)) return;
  throw new NodeInputError(
    `a radius of ${radius} is too much for a picture of ${width} x ${height}; it must be below both sides`,
  );
}
