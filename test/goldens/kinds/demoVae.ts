import { openVae } from "../../../src/models/vae/index.ts";
import { loadModel } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input, param } from "../params.ts";
import { decode, encode, pixelsOf, pixelsTensor } from "../vaeCase.ts";

export const demoVae: KindRunner = {
  kind: "demo.vae",
  onDevice: true,
  async run(golden, device) {
    const { model, loaded } = await loadModel(device, golden.find(param(golden, "vae", "string")), openVae);
    const { latent } = await encode(model, loaded, pixelsOf(input(golden, "image")));
    const { pixels } = await decode(model, loaded, latent);
    return { values: { "out.latents": latent, "out.image": pixelsTensor(pixels) } };
  },
};
