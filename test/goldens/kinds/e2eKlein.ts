import { toBytes } from "../../../src/image/toBytes.ts";
import { openFlux2 } from "../../../src/models/flux2/index.ts";
import { openTextEncoder, textInputs } from "../../../src/models/text/index.ts";
import { openVae } from "../../../src/models/vae/index.ts";
import { flux2Sigmas } from "../../../src/sampling/flux2Sigmas.ts";
import { prepareNoise } from "../../../src/sampling/prepareNoise.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { loadModel, runPass } from "../goldenDevice.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { input, param, seedOf } from "../params.ts";
import { sampleFlux2 } from "../sampleFlux2.ts";
import { decode, pixelsTensor } from "../vaeCase.ts";

/** What fills texts up in the tiny encoder's vocabulary; the ids in the case are padded already. */
const PAD = 255;
const SHOWN_TOKENS = 32;

export const e2eKlein: KindRunner = {
  kind: "e2e.klein",
  onDevice: true,
  async run(golden, device) {
    const weights = golden.params["weights"] as Readonly<Record<"text" | "model" | "vae", string>>;
    const file = (name: keyof typeof weights) => golden.find(`${weights[name]}.safetensors`);
    const [width, height, steps] = ["width", "height", "steps"].map((name) => param(golden, name, "number")) as [
      number,
      number,
      number,
    ];

    const taps = param(golden, "taps", "numbers");
    const text = await loadModel(device, file("text"), (source) => openTextEncoder(source, { taps }));
    const encodeText = async (name: string) => {
      const ids = Array.from(input(golden, name).data, Number);
      const got = await runPass(text.loaded, text.model.pass(ids.length), await textInputs(text.model, ids, PAD));
      return got["context"]!;
    };
    const context = await encodeText("tokens");
    const negative = golden.inputs.has("negative_tokens") ? await encodeText("negative_tokens") : undefined;

    const { model, loaded } = await loadModel(device, file("model"), openFlux2);
    const vae = await loadModel(device, file("vae"), openVae);
    const shape = [1, model.dims.channels, height / vae.model.cell, width / vae.model.cell];
    const noise = prepareNoise(shape, seedOf(golden));
    const sigmas = flux2Sigmas(steps, width, height);
    const latent = await sampleFlux2(model, loaded, {
      shape,
      sampler: param(golden, "sampler", "string"),
      sigmas,
      noise,
      latent: new Float32Array(noise.length),
      seed: seedOf(golden),
      cfg: param(golden, "cfg", "number"),
      positive: context,
      negative,
    });
    const { pixels } = await decode(vae.model, vae.loaded, { shape, data: latent });
    const contextWidth = text.model.contextWidth;
    const values: Record<string, GoldenTensor> = {
      "out.context_tokens_0_32": {
        shape: [1, SHOWN_TOKENS, contextWidth],
        data: context.subarray(0, SHOWN_TOKENS * contextWidth),
      },
      "out.noise": { shape, data: noise },
      "out.sigmas": row(sigmas),
      "out.latent": { shape, data: latent },
      "out.image": pixelsTensor(pixels),
      "out.bytes": { shape: [1, height, width, 3], data: toBytes(pixels, 0) },
    };
    return { values };
  },
};
