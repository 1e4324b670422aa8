import { type Scaling, scaleGrid } from "../../image/scaleGrid.ts";
import { cut, middle } from "../../image/window.ts";
import { NodeInputError } from "../errors.ts";
import type { Latent } from "../values.ts";
import { bislerp } from "./bislerp.ts";
import { gridOfLatent, withPlanes } from "./planes.ts";

export const LATENT_METHODS = ["nearest-exact", "bilinear", "area", "bicubic", "bislerp"];
/** A side in cells that no model goes beyond. */
const MAX_SIDE = 16384;

/** A latent of width x height cells. Throws NodeInputError where a side would be 0 or absurd. */
export function scaledLatent(latent: Latent, width: number, height: number, method: string, crop = "disabled"): Latent {
  if (!(width >= 1 && height >= 1 && width <= MAX_SIDE && height <= MAX_SIDE)) {
    throw new NodeInputError(
      `a latent of ${latent.width} x ${latent.height} cells cannot become ${width} x ${height}; each side may be 1 to ${MAX_SIDE}`,
    );
  }
  const grid = gridOfLatent(latent);
  if (method !== "bislerp")
    return withPlanes(latent, scaleGrid(grid, width, height, method as Scaling, crop as "disabled"));
  return bislerp(
    crop === "center" ? withPlanes(latent, cut(grid, middle(grid, width, height))) : latent,
    width,
    height,
  );
}
