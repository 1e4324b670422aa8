import { node } from "../declare.ts";
import { IMAGE, LATENT, VAE } from "../kinds.ts";

export const VAEDecode = node({
  name: "VAEDecode",
  displayName: "VAE Decode",
  category: "model/latent",
  description: "Turns latents into pictures.",
  inputs: { samples: LATENT.link("The latent to decode."), vae: VAE.link("The VAE that decodes it.") },
  outputs: { IMAGE: IMAGE.output },
  execute: async ({ samples, vae }, { signal }) => ({ IMAGE: await vae.decode(samples, signal) }),
});
