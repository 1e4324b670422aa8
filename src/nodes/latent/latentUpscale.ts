import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { combo, int, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { PIXELS } from "./planes.ts";
import { LATENT_METHODS, scaledLatent } from "./scaledLatent.ts";

/** Pixels on a side that no result goes below. */
const SMALLEST = 64;

/** To width x height pixels of 8 to a cell; a side of 0 keeps the proportions, two keep the latent. */
export const LatentUpscale = node({
  name: "LatentUpscale",
  displayName: "Upscale Latent",
  category: "model/latent",
  pythonModule: "nodes",
  searchAliases: ["enlarge latent", "resize latent"],
  inputs: {
    samples: LATENT.link(),
    upscale_method: combo(LATENT_METHODS),
    width: int({ default: 512, min: 0, max: 16384, step: 8 }),
    height: int({ default: 512, min: 0, max: 16384, step: 8 }),
    crop: combo(["disabled", "center"]),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, upscale_method, width, height, crop }) => {
    if (width === 0 && height === 0) return { LATENT: samples };
    const [h, w] = [Math.max(SMALLEST, height), Math.max(SMALLEST, width)];
    const wide = width === 0 ? Math.max(SMALLEST, roundHalfEven((samples.width * h) / samples.height)) : w;
    const high = height === 0 ? Math.max(SMALLEST, roundHalfEven((samples.height * w) / samples.width)) : h;
    const [columns, rows] = [Math.floor(wide / PIXELS), Math.floor(high / PIXELS)];
    return { LATENT: scaledLatent(samples, columns, rows, upscale_method, crop) };
  },
});
