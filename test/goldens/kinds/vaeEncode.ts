import { conv, norm } from "../../../src/models/vae/blocks.ts";
import { openVae, type VaeModel } from "../../../src/models/vae/index.ts";
import { pixelsToImage } from "../../../src/models/vae/pixels.ts";
import type { LoadedModel } from "../../../src/runtime/runtime.ts";
import { silu } from "../../../src/tensor/index.ts";
import type { PassDef } from "../../../src/tensor/stage.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { loadModel, runPass } from "../goldenDevice.ts";
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
    values["out.moments"] = await moments(model, loaded, values["out.mid"]!);
    return { values };
  },
};

/** Mean and log variance: the last stage packs and norms the mean at once, so a pass of its own shows both. */
async function moments(model: VaeModel, loaded: LoadedModel, mid: GoldenTensor): Promise<GoldenTensor> {
  const [batch, , height, width] = mid.shape as [number, number, number, number];
  const quant = ["encoder.quant_conv", "quant_conv"].find((name) =>
    model.weights.some((weight) => weight.name === `${name}.weight`),
  );
  const out = { dtype: "f32", shape: [batch, model.channels / 2, height, width] } as const;
  const pass: PassDef = {
    key: `moments ${mid.shape}`,
    carried: { mid: { dtype: "f32", shape: mid.shape }, moments: out },
    inputs: ["mid"],
    outputs: ["moments"],
    stages: [
      {
        name: "moments",
        build(g) {
          const normed = silu(norm(g, "encoder.norm_out", g.carried("mid")));
          const both = conv(g, "encoder.conv_out", normed, { padding: 1 });
          g.write("moments", quant ? conv(g, quant, both, {}) : both);
        },
      },
    ],
  };
  const got = await runPass(loaded, pass, { mid: mid.data as Float32Array });
  return { shape: out.shape, data: got["moments"]! };
}
