import { node } from "../declare.ts";
import { IMAGE, LATENT, VAE } from "../kinds.ts";

/** Turns pictures into latents; sides are cut around the middle to whole cells. */
export const VAEEncode = node({
  name: "VAEEncode",
  displayName: "VAE Encode",
  category: "model/latent",
  pythonModule: "nodes",
  searchAliases: ["encode", "encode image", "image to latent"],
  inputs: { pixels: IMAGE.link(), vae: VAE.link() },
  outputs: { LATENT: LATENT.output },
  execute: async ({ pixels, vae }, { signal }) => ({ LATENT: await vae.encode(pixels, signal) }),
});
