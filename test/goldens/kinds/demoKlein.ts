import { type Flux2Model, openFlux2 } from "../../../src/models/flux2/index.ts";
import { loadTokenizer, openTextEncoder, textInputs } from "../../../src/models/text/index.ts";
import { openVae } from "../../../src/models/vae/index.ts";
import type { Adapters } from "../../../src/nodes/loaders/adapters.ts";
import { flux2Sigmas } from "../../../src/sampling/flux2Sigmas.ts";
import { prepareNoise } from "../../../src/sampling/prepareNoise.ts";
import type { GoldenCase } from "../goldenCase.ts";
import { type GoldenDevice, loadModel, runPass } from "../goldenDevice.ts";
import { type KindRunner, type Outputs, row } from "../kindRunner.ts";
import { input, param, seedOf } from "../params.ts";
import { sampleFlux2 } from "../sampleFlux2.ts";
import { decode, pixelsTensor } from "../vaeCase.ts";

export const demoKlein: KindRunner = {
  kind: "demo.klein",
  onDevice: true,
  run: (golden, device) => demoPicture(golden, device, async () => undefined),
  expected: (golden) => ({ token_ids: input(golden, "token_ids"), sigmas: row(param(golden, "sigmas", "numbers")) }),
};

/** From prompt to picture. `adapt`: the LoRAs on the transformer. */
export async function demoPicture(
  golden: GoldenCase,
  device: GoldenDevice,
  adapt: (model: Flux2Model) => Promise<Adapters | undefined>,
): Promise<Outputs> {
  const file = (name: string) => golden.find(param(golden, name, "string"));
  const number = (name: string) => param(golden, name, "number");
  const text = await loadModel(device, file("text_encoder"), openTextEncoder);
  const tokenizer = await loadTokenizer(text.model);
  const ids = tokenizer.encodePrompt(param(golden, "prompt", "string"));
  const inputs = await textInputs(text.model, ids, tokenizer.pad);
  const context = (await runPass(text.loaded, text.model.pass(ids.length), inputs))["context"]!;

  const { model, loaded } = await loadModel(device, file("model"), openFlux2);
  const vae = await loadModel(device, file("vae"), openVae);
  const [height, width] = [number("height"), number("width")];
  const shape = [1, model.dims.channels, height / vae.model.cell, width / vae.model.cell];
  const noise = prepareNoise(shape, seedOf(golden));
  const sigmas = flux2Sigmas(number("steps"), width, height);
  const latents = await sampleFlux2(model, loaded, {
    shape,
    sampler: param(golden, "sampler", "string"),
    sigmas,
    noise,
    latent: new Float32Array(noise.length),
    seed: seedOf(golden),
    cfg: number("cfg"),
    positive: context,
    adapters: await adapt(model),
  });
  const { pixels } = await decode(vae.model, vae.loaded, { shape, data: latents });
  return {
    values: {
      token_ids: { shape: [1, ids.length], data: ids },
      sigmas: row(sigmas),
      "out.context": { shape: [1, ids.length, text.model.contextWidth], data: context },
      "out.noise": { shape, data: noise },
      "out.latents": { shape, data: latents },
      "out.image": pixelsTensor(pixels),
    },
  };
}
