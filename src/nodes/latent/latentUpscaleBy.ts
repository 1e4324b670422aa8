import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { combo, float, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { LATENT_METHODS, scaledLatent } from "./scaledLatent.ts";

/** Both sides times a factor. */
export const LatentUpscaleBy = node({
  name: "LatentUpscaleBy",
  displayName: "Upscale Latent By",
  category: "model/latent",
  pythonModule: "nodes",
  searchAliases: ["enlarge latent", "resize latent", "scale latent"],
  inputs: {
    samples: LATENT.link(),
    upscale_method: combo(LATENT_METHODS),
    scale_by: float({ default: 1.5, min: 0.01, max: 8, step: 0.01 }),
  },
  outputs: { LATENT: LATENT.output },
  execute: ({ samples, upscale_method, scale_by }) => {
    const [width, height] = [roundHalfEven(samples.width * scale_by), roundHalfEven(samples.height * scale_by)];
    return { LATENT: scaledLatent(samples, width, height, upscale_method) };
  },
});
