import { imageToPixels, type Pixels, pixelsToImage, type VaeModel } from "../../src/models/vae/index.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import type { GoldenCase, GoldenTensor } from "./goldenCase.ts";
import { runPass } from "./goldenDevice.ts";
import { param } from "./params.ts";

/** The families of VAE that are built; the others' cases are skipped. */
export function otherVae(golden: GoldenCase): string | null {
  const weights = param(golden, "weights", "string");
  return weights.startsWith("vae/flux2") ? null : `the VAE of ${weights} not built yet`;
}

/** Pictures [batch, height, width, channels] in 0..1. */
export function pixelsOf({ shape, data }: GoldenTensor): Pixels {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  return { batch, height, width, channels, data: data as Float32Array };
}

export const pixelsTensor = ({ batch, height, width, channels, data }: Pixels): GoldenTensor => ({
  shape: [batch, height, width, channels],
  data,
});

/** latent [batch, channels, height, width] to raw [batch, 3, ...] and pictures; `also`: carried tensors to read beside. */
export async function decode(model: VaeModel, loaded: LoadedModel, latent: GoldenTensor, also: readonly string[] = []) {
  const [batch, , height, width] = latent.shape as [number, number, number, number];
  const pass = model.decode({ batch, height, width });
  const got = await runPass(loaded, pass, { latent: latent.data as Float32Array }, also);
  const [high, wide] = [height * model.cell, width * model.cell];
  const raw = { shape: [batch, 3, high, wide], data: got["image"]! };
  return { pass, got, raw, pixels: imageToPixels(got["image"]!, batch, high, wide) };
}

/** Pictures to latent [batch, channels, height, width]. */
export async function encode(model: VaeModel, loaded: LoadedModel, pixels: Pixels, also: readonly string[] = []) {
  const { image, height, width } = pixelsToImage(pixels, model.cell);
  const shape = { batch: pixels.batch, height, width };
  const pass = model.encode(shape);
  const got = await runPass(loaded, pass, { image }, also);
  const latent: GoldenTensor = { shape: [pixels.batch, model.channels, height, width], data: got["latent"]! };
  return { pass, got, image, latent };
}
