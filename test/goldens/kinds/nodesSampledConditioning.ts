import { flux2Denoiser } from "../../../src/nodes/sampling/flux2Denoiser.ts";
import type { Conditioning } from "../../../src/nodes/values.ts";
import { flux2Sampling } from "../../../src/sampling/flowSampling.ts";
import { basicGuider, cfgGuider } from "../../../src/sampling/guiders.ts";
import { sample } from "../../../src/sampling/sample.ts";
import { conditioningOf } from "../conditioningText.ts";
import { loadFlux2 } from "../flux2Case.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { floats, param } from "../params.ts";
import { CELL } from "../sampleFlux2.ts";

export const nodesSampledConditioning: KindRunner = {
  kind: "nodes.sampled_conditioning",
  onDevice: true,
  async run(golden, device) {
    const { model: network, loaded } = await loadFlux2(golden, device);
    const shape = param(golden, "latent_shape", "numbers");
    const [batch, channels, height, width] = shape as [number, number, number, number];
    const named = (name: string) => {
      const tensor = golden.inputs.get(name);
      if (tensor === undefined) return undefined;
      const [n, a, b] = tensor.shape as [number, number, number];
      const data = tensor.data as Float32Array;
      if (name.startsWith("mask")) return { batch: n, height: a, width: b, data };
      return [{ context: data, tokens: a, width: b }] as Conditioning;
    };
    const positive = await conditioningOf(param(golden, "positive", "string"), named);
    const negative =
      golden.params["negative"] === undefined
        ? undefined
        : await conditioningOf(param(golden, "negative", "string"), named);

    const sampling = flux2Sampling();
    const latent = { batch, channels, height, width, samples: new Float32Array(batch * channels * height * width) };
    const model = { file: "the case's model", network, loaded, sampling, latent: { channels, cell: CELL } };
    const guiding = negative === undefined ? [positive] : [positive, negative];
    const { denoise, end } = flux2Denoiser(model, latent, guiding, "unknown", new AbortController().signal);
    const values: Record<string, GoldenTensor> = {};
    try {
      const final = await sample({
        sampler: "euler",
        guider:
          negative === undefined
            ? basicGuider(denoise, positive)
            : cfgGuider(denoise, positive, negative, param(golden, "cfg", "number")),
        sampling,
        sigmas: floats(golden, "sigmas"),
        noise: floats(golden, "noise"),
        latent: latent.samples,
        seed: 0n,
        callback: ({ step, denoised }) => {
          values[`out.denoised.${step}`] = { shape, data: denoised };
        },
      });
      values["out.final"] = { shape, data: final };
    } finally {
      end();
    }
    return { values };
  },
};
