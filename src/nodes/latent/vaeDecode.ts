import { node, told } from "../declare.ts";
import { IMAGE, LATENT, VAE } from "../kinds.ts";
import { colourKey } from "../previews/colourKey.ts";
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
  async execute({ samples, vae }, context) {
    const image = await vae.decode(samples, context.signal);
    coloursOf(context).learn(samples, image, vae.latent, await colourKey(vae.file, context.folders));
    return { IMAGE: image };
  },
});
