import { imageToPixels, pixelsToImage, type VaeModel } from "../../models/vae/index.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import type { Vae } from "../values.ts";

/** A VAE value from Flux 2's autoencoder. Pictures of a batch go one after the other: memory does not grow with the batch. */
export function flux2Vae(file: string, model: VaeModel, loaded: LoadedModel): Vae {
  const { channels, cell } = model;
  const format = { channels, cell };
  return {
    file,
    latent: format,
    async decode(given, signal) {
      const latent = fitLatent(given, format);
      if (latent === null) throw wrongLatent(given, `VAE ${file}`, format);
      const { batch, height, width } = latent;
      const [rows, columns] = [height * cell, width * cell];
      const data = new Float32Array(batch * rows * columns * 3);
      const size = channels * height * width;
      const run = await loaded.begin([model.decode({ batch: 1, height, width })], { repeat: batch, signal });
      try {
        for (let n = 0; n < batch; n++) {
          const [outputs] = await run.pass([{ latent: latent.samples.slice(n * size, (n + 1) * size) }]);
          data.set(imageToPixels(outputs!["image"]!, 1, rows, columns).data, n * rows * columns * 3);
        }
      } finally {
        run.end();
      }
      return { width: columns, height: rows, channels: 3, batch, data };
    },
    async encode(picture, signal) {
      const { image, height, width } = pixelsToImage(picture, cell);
      const { batch } = picture;
      const size = channels * height * width;
      const samples = new Float32Array(batch * size);
      const run = await loaded.begin([model.encode({ batch: 1, height, width })], { repeat: batch, signal });
      try {
        const each = image.length / batch;
        for (let n = 0; n < batch; n++) {
          const [outputs] = await run.pass([{ image: image.slice(n * each, (n + 1) * each) }]);
          samples.set(outputs!["latent"]!, n * size);
        }
      } finally {
        run.end();
      }
      return { batch, channels, height, width, samples };
    },
  };
}
