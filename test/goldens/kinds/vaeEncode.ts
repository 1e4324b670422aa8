import { openVae } from "../../../src/models/vae/index.ts";
import { pixelsToImage } from "../../../src/models/vae/pixels.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { loadModel } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input, param } from "../params.ts";
import { encode, otherVae, pixelsOf } from "../vaeCase.ts";

export const vaeEncode: KindRunner = {
  kind: "vae.encode",
  onDevice: true,
  skip: otherVae,
  async run(golden, device) {
    const file = golden.find(`${param(golden, "weights", "string")}.safetensors`);
    const { model, loaded } = await loadModel(device, file, openVae);
    const pixels = pixelsOf(input(golden, "image"));
    const { height, width } = pixelsToImage(pixels, model.cell);
    const { carried } = model.encode({ batch: pixels.batch, height, width });
    const inner = Object.keys(carried).filter((name) => name.startsWith("encoder."));
    const { pass, got, image, latent } = await encode(model, loaded, pixels, inner);

    const values: Record<string, GoldenTensor> = {
      "out.latent": latent,
      "out.encoder_in": { shape: pass.carried["image"]!.shape, data: image },
    };
    for (const name of inner) {
      const tensor = { shape: pass.carried[name]!.shape, data: got[name]! };
      const short = name.slice("encoder.".length);
      values[`out.${short}`] = tensor;
      values[`out.${short.replace(/\.block\.\d+$/, ".blocks")}`] = tensor;
    }
    values["out.mid"] = values["out.mid.block_2"]!;
    return {
      values,
      notComputed: {
        "out.moments": "the last stage packs and norms them at once; out.latent is made of their first half",
      },
    };
  },
};
