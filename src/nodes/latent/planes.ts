import type { Grid } from "../../image/grid.ts";
import { repeatTo } from "../../image/repeatTo.ts";
import { scaleGrid } from "../../image/scaleGrid.ts";
import type { Latent } from "../values.ts";

/** Latent nodes count pixels by eights, as ComfyUI does, also where a cell has more of them (Flux 2's has 16). */
export const PIXELS = 8;

/** A latent's planes as a grid, and a latent like another with other planes. */
export const gridOfLatent = ({ batch, channels, height, width, samples }: Latent): Grid => ({
  outer: batch * channels,
  height,
  width,
  inner: 1,
  data: samples,
});

export const withPlanes = (latent: Latent, { outer, height, width, data }: Grid): Latent => ({
  ...latent,
  batch: outer / latent.channels,
  height,
  width,
  samples: data,
});

/** A latent with another's sides: bilinear, cut to its proportions around the middle. */
export function resizedLike(latent: Latent, { width, height }: Latent): Latent {
  if (latent.width === width && latent.height === height) return latent;
  return withPlanes(latent, scaleGrid(gridOfLatent(latent), width, height, "bilinear", "center"));
}

/** The same with as many pictures, over again from the first. */
export const repeated = (latent: Latent, batch: number): Latent =>
  latent.batch === batch ? latent : { ...latent, batch, samples: repeatTo(latent.samples, latent.batch, batch) };
