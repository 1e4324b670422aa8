import { imageToPixels, pixelsToImage } from "../../models/vae/index.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import type { Vae } from "../values.ts";

const format = { channels: 3, cell: 1 };

/** The VAE of models that work on pictures themselves: -1..1, channels first. */
export const pixelVae: Vae = {
  file: "pixel_space",
  latent: format,
  async decode(latent) {
    if (latent.channels !== 3) throw wrongLatent(latent, "the VAE pixel_space", format);
    return imageToPixels(latent.samples, latent.batch, latent.height, latent.width);
  },
  async encode(picture) {
    const { image, height, width } = pixelsToImage(picture, 1);
    return { batch: picture.batch, channels: 3, height, width, samples: image };
  },
  // There is nothing to save: every pixel is made of itself.
  decodeTiled: (latent, _tiles, signal) => pixelVae.decode(latent, signal),
  encodeTiled: (picture, _tiles, signal) => pixelVae.encode(picture, signal),
};
