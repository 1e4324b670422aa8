import { int, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { emptyLatent } from "./emptyLatent.ts";

const SIDE = { default: 1024, min: 16, max: 16384, step: 16 };

/** Zeros for SD3 and Flux 1: 16 channels, cells of 8 pixels. */
export const EmptySD3LatentImage = node({
  name: "EmptySD3LatentImage",
  category: "model/latent/stable diffusion",
  pythonModule: "comfy_extras.nodes_sd3",
  inputs: { width: int(SIDE), height: int(SIDE), batch_size: int({ default: 1, min: 1, max: 4096 }) },
  outputs: { LATENT: LATENT.output },
  execute: ({ width, height, batch_size }) => ({
    LATENT: emptyLatent(width, height, batch_size, { channels: 16, cell: 8 }),
  }),
});
