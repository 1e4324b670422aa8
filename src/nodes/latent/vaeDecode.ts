import { node, told } from "../declare.ts";
import { IMAGE, LATENT, VAE } from "../kinds.ts";
import { coloursOf } from "../previews/coloursOf.ts";

export const VAEDecode = node({
  name: "VAEDecode",
  displayName: "VAE Decode",
  category: "model/latent",
  description: "Turns latents into pictures.",
  pythonModule: "nodes",
  searchAliases: ["decode", "decode latent", "latent to image", "render latent"],
  inputs: { samples: LATENT.link("The latent to decode."), vae: VAE.link("The VAE that decodes it.") },
  outputs: { IMAGE: told(IMAGE.output, "The picture.") },
  async execute({ samples, vae }, { signal, runtime }) {
    const image = await vae.decode(samples, signal);
    coloursOf(runtime).learn(samples, image, vae.latent);
    return { IMAGE: image };
  },
});
