import { node } from "../declare.ts";
import { IMAGE, LATENT, VAE } from "../kinds.ts";
import { tileInputs } from "./tileInputs.ts";

/** Encoding in pieces that overlap and fade into one another, three times over: for pictures that do not fit at once. */
export const VAEEncodeTiled = node({
  name: "VAEEncodeTiled",
  displayName: "VAE Encode (Tiled)",
  category: "model/latent",
  pythonModule: "nodes",
  inputs: { pixels: IMAGE.link(), vae: VAE.link(), ...tileInputs(64) },
  outputs: { LATENT: LATENT.output },
  execute: async ({ pixels, vae, tile_size, overlap }, { signal, progress }) => ({
    LATENT: await vae.encodeTiled(pixels, { tileSize: tile_size, overlap }, signal, progress),
  }),
});
