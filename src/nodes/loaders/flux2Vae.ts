import {
  decodeTilings,
  encodeTilings,
  imageToPixels,
  pixelsToImage,
  tiled,
  type VaeModel,
} from "../../models/vae/index.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import type { PassDef } from "../../tensor/stage.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import type { Image, Latent, Vae } from "../values.ts";
import { adviseIfTooLarge } from "./adviseIfTooLarge.ts";

const inTiles = (node: string): string => `${node} needs less: it goes tile by tile.`;
const SMALLER = "A smaller tile_size needs less.";

/** A VAE value from Flux 2's autoencoder. Pictures of a batch go one after the other: memory does not grow with the batch. */
export function flux2Vae(file: string, model: VaeModel, loaded: LoadedModel): Vae {
  const { channels, cell } = model;
  const format = { channels, cell };

  /** A run of a pass, its one input and its one output as plain values. */
  const begin = async (pass: PassDef, repeat: number, signal: AbortSignal, advice: string) => {
    const run = await adviseIfTooLarge(advice, () => loaded.begin([pass], { repeat, signal }));
    const [input, output] = [pass.inputs[0]!, pass.outputs[0]!];
    return {
      make: async (values: Float32Array) => (await run.pass([{ [input]: values }]))[0]![output]!,
      end: () => run.end(),
    };
  };
  const one = (values: Float32Array, n: number, batch: number) => {
    const each = values.length / batch;
    return values.slice(n * each, (n + 1) * each);
  };
  const decodable = (given: Latent): Latent => {
    const latent = fitLatent(given, format);
    if (latent === null) throw wrongLatent(given, `VAE ${file}`, format);
    return latent;
  };
  const picture = ({ batch, height, width }: Latent, data: Float32Array): Image => {
    return { width: width * cell, height: height * cell, channels: 3, batch, data };
  };

  return {
    file,
    latent: format,
    async decode(given, signal) {
      const latent = decodable(given);
      const { batch, height, width } = latent;
      const [rows, columns] = [height * cell, width * cell];
      const data = new Float32Array(batch * rows * columns * 3);
      const run = await begin(model.decode({ batch: 1, height, width }), batch, signal, inTiles("VAEDecodeTiled"));
      try {
        for (let n = 0; n < batch; n++) {
          const image = await run.make(one(latent.samples, n, batch));
          data.set(imageToPixels(image, 1, rows, columns).data, n * rows * columns * 3);
        }
      } finally {
        run.end();
      }
      return picture(latent, data);
    },
    async encode(picture, signal) {
      const { image, height, width } = pixelsToImage(picture, cell);
      const { batch } = picture;
      const size = channels * height * width;
      const samples = new Float32Array(batch * size);
      const run = await begin(model.encode({ batch: 1, height, width }), batch, signal, inTiles("VAEEncodeTiled"));
      try {
        for (let n = 0; n < batch; n++) samples.set(await run.make(one(image, n, batch)), n * size);
      } finally {
        run.end();
      }
      return { batch, channels, height, width, samples };
    },
    async decodeTiled(given, tiles, signal, onTile) {
      const latent = decodable(given);
      const { batch, height, width } = latent;
      const image = await tiled(
        { batch, channels, height, width, data: latent.samples },
        decodeTilings(tiles, cell),
        { channels: 3, size: (cells) => cells * cell },
        ({ height, width }, count) => begin(model.decode({ batch: 1, height, width }), count, signal, SMALLER),
        onTile,
      );
      return picture(latent, imageToPixels(image, batch, height * cell, width * cell).data);
    },
    async encodeTiled(picture, tiles, signal, onTile) {
      const { image, height, width } = pixelsToImage(picture, cell);
      const { batch } = picture;
      const samples = await tiled(
        { batch, channels: 3, height: height * cell, width: width * cell, data: image },
        encodeTilings(tiles, cell),
        { channels, size: (pixels) => pixels / cell },
        (tile, count) => {
          const shape = { batch: 1, height: tile.height / cell, width: tile.width / cell };
          return begin(model.encode(shape), count, signal, SMALLER);
        },
        onTile,
      );
      return { batch, channels, height, width, samples };
    },
  };
}
