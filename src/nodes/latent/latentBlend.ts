import { scaleGrid } from "../../image/scaleGrid.ts";
import { float, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { pairedLatents } from "./pairedLatents.ts";
import { gridOfLatent, withPlanes } from "./planes.ts";

/** A share of the first, the rest of the second, which takes the first one's size. */
export const LatentBlend = node({
  name: "LatentBlend",
  displayName: "Latent Blend",
  category: "experimental",
  pythonModule: "nodes",
  searchAliases: ["mix latents", "interpolate latents"],
  inputs: {
    samples1: LATENT.link(),
    samples2: LATENT.link(),
    blend_factor: float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples1, samples2, blend_factor }) => {
    const sized = withPlanes(
      samples2,
      scaleGrid(gridOfLatent(samples2), samples1.width, samples1.height, "bicubic", "center"),
    );
    const second = pairedLatents("LatentBlend", samples1, sized).samples;
    const mix = (a: number, i: number) => a * blend_factor + second[i]! * (1 - blend_factor);
    return { LATENT: { ...samples1, samples: samples1.samples.map(mix) } };
  },
});
