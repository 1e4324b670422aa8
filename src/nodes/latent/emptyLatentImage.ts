import { int, node, told } from "../declare.ts";
import { LATENT } from "../kinds.ts";
import { emptyLatent } from "./emptyLatent.ts";

const side = (what: string) =>
  int({ default: 512, min: 16, max: 16384, step: 8, tooltip: `The picture's ${what} in pixels.` });

/** Zeros for SD-like models: 4 channels, cells of 8 pixels. */
export const EmptyLatentImage = node({
  name: "EmptyLatentImage",
  displayName: "Empty Latent Image",
  category: "model/latent",
  description: "A batch of empty latents, to be filled by sampling.",
  pythonModule: "nodes",
  searchAliases: ["empty", "empty latent", "new latent", "create latent", "blank latent", "blank"],
  inputs: {
    width: side("width"),
    height: side("height"),
    batch_size: int({ default: 1, min: 1, max: 4096, tooltip: "How many pictures to make." }),
  },
  outputs: { LATENT: told(LATENT.output, "The empty latents.") },
  execute: ({ width, height, batch_size }) => ({
    LATENT: emptyLatent(width, height, batch_size, { channels: 4, cell: 8 }),
  }),
});
