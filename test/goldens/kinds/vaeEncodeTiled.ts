import { openVae } from "../../../src/models/vae/index.ts";
import { flux2Vae } from "../../../src/nodes/loaders/flux2Vae.ts";
import { loadModel } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input, param } from "../params.ts";
import { otherVae, pixelsOf } from "../vaeCase.ts";

export const vaeEncodeTiled: KindRunner = {
  kind: "vae.encode_tiled",
  onDevice: true,
  skip: otherVae,
  async run(golden, device) {
    const file = golden.find(`${param(golden, "weights", "string")}.safetensors`);
    const { model, loaded } = await loadModel(device, file, openVae);
    const tiles = { tileSize: param(golden, "tile_size", "number"), overlap: param(golden, "overlap", "number") };
    const vae = flux2Vae("the case's VAE", model, loaded);
    const { batch, channels, height, width, samples } = await vae.encodeTiled(
      pixelsOf(input(golden, "image")),
      tiles,
      new AbortController().signal,
    );
    return { values: { "out.latent": { shape: [batch, channels, height, width], data: samples } } };
  },
};
