import { openVae } from "../../../src/models/vae/index.ts";
import { flux2Vae } from "../../../src/nodes/loaders/flux2Vae.ts";
import { loadModel } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { floats, input, param } from "../params.ts";
import { otherVae, pixelsTensor } from "../vaeCase.ts";

export const vaeDecodeTiled: KindRunner = {
  kind: "vae.decode_tiled",
  onDevice: true,
  skip: otherVae,
  async run(golden, device) {
    const file = golden.find(`${param(golden, "weights", "string")}.safetensors`);
    const { model, loaded } = await loadModel(device, file, openVae);
    const [batch, channels, height, width] = input(golden, "latent").shape as [number, number, number, number];
    const tiles = { tileSize: param(golden, "tile_size", "number"), overlap: param(golden, "overlap", "number") };
    const image = await flux2Vae("the case's VAE", model, loaded).decodeTiled(
      { batch, channels, height, width, samples: floats(golden, "latent") },
      tiles,
      new AbortController().signal,
    );
    return { values: { "out.image": pixelsTensor(image) } };
  },
};
