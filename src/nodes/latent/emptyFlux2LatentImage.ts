import { int, node } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { emptyLatent } from "./emptyLatent.ts";

const SIDE = { default: 1024, min: 16, max: 16384, step: 16 };

/** Zeros for Flux 2: 128 channels, cells of 16 pixels. */
export const EmptyFlux2LatentImage = node({
  name: "EmptyFlux2LatentImage",
  displayName: "Empty Flux 2 Latent",
  category: "model/latent/flux",
  pythonModule: "comfy_extras.nodes_flux",
  inputs: { width: int(SIDE), height: int(SIDE), batch_size: int({ default: 1, min: 1, max: 4096 }) },
  outputs: { LATENT: LATENT.output },
  execute: ({ width, height, batch_size }) => ({
    LATENT: emptyLatent(width, height, batch_size, { channels: 128, cell: 16 }),
  }),
});
