import type { Grid } from "./grid.ts";
import { lanczos } from "./lanczos.ts";
import { resample } from "./resample.ts";
import type { Resampling } from "./taps.ts";
import { cut, middle } from "./window.ts";

export const SCALING_METHODS = ["nearest-exact", "bilinear", "area", "bicubic", "lanczos"] as const;
export type Scaling = Resampling | "lanczos";

/** A grid as width x height; `center`: first cut to those proportions, so that nothing is stretched. */
export function scaleGrid(
  grid: Grid,
  width: number,
  height: number,
  method: Scaling,
  crop: "disabled" | "center" = "disabled",
): Grid {
  const part = crop === "center" ? cut(grid, middle(grid, width, height)) : grid;
  return method === "lanczos" ? lanczos(part, width, height) : resample(part, width, height, method);
}
