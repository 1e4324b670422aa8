import { node } from "../declare.ts";
import { IMAGE, LATENT, VAE } from "../kinds.ts";
import { tileInputs } from "./tileInputs.ts";

/** Decoding in pieces that overlap and fade into one another, three times over: for pictures that do not fit at once. */
export const VAEDecodeTiled = node({
  name: "VAEDecodeTiled",
  displayName: "VAE Decode (Tiled)",
  category: "model/latent",
  pythonModule: "nodes",
  inputs: { samples: LATENT.link(), vae: VAE.link(), ...tileInputs(32) },
  outputs: { IMAGE: IMAGE.output },
  execute: async ({ samples, vae, tile_size, overlap }, { signal, progress }) => ({
    IMAGE: await vae.decodeTiled(samples, { tileSize: tile_size, overlap }, signal, progress),
  }),
});
