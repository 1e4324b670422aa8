import { epsSampling } from "../../../src/sampling/epsSampling.ts";
import { flux2Sampling } from "../../../src/sampling/flowSampling.ts";
import { cfgGuider, type Denoiser } from "../../../src/sampling/guiders.ts";
import { sample, startLatent } from "../../../src/sampling/sample.ts";
import { samplerNames } from "../../../src/sampling/samplers/index.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { floats, input, param, seedOf } from "../params.ts";

/** The cases' denoiser: smooth, not linear, and it depends on sigma, so that the order of a solver shows. */
const toy: Denoiser<"cond" | "uncond"> = async (x, sigma, conds) =>
  conds.map((cond) =>
    x.map((v) => v / (1 + sigma * sigma) + (cond === "cond" ? 0.1 * Math.sin(v) : -0.05 * Math.cos(v))),
  );

export const samplersRun: KindRunner = {
  kind: "samplers.run",
  skip: (golden) => {
    const name = param(golden, "sampler", "string");
    return samplerNames.includes(name) ? null : `sampler ${name} not built yet`;
  },
  async run(golden) {
    // the cases say which model sampling they use by their folder: samplers/eps..., samplers/flow...
    const sampling = golden.name.startsWith("samplers/eps") ? epsSampling() : flux2Sampling();
    const { shape } = input(golden, "latent");
    const values: Record<string, GoldenTensor> = {};
    const put = (name: string, data: Float32Array) => (values[name] = { shape, data });
    const calls: number[] = [];
    const guide = cfgGuider(toy, "cond", "uncond", param(golden, "cfg", "number"));
    const request = {
      sampler: param(golden, "sampler", "string"),
      guider: (x: Float32Array, sigma: number, wantUncond?: boolean) => {
        calls.push(sigma);
        return guide(x, sigma, wantUncond);
      },
      sampling,
      sigmas: floats(golden, "sigmas"),
      noise: floats(golden, "noise"),
      latent: floats(golden, "latent"),
      denoiseMask: golden.inputs.has("denoise_mask") ? floats(golden, "denoise_mask") : undefined,
      seed: seedOf(golden),
      callback: ({ step, x, denoised }: { step: number; x: Float32Array; denoised: Float32Array }) => {
        put(`out.x.${step}`, x);
        put(`out.denoised.${step}`, denoised);
      },
    };
    put("out.start", startLatent(request));
    put("out.final", await sample(request));
    values["model_calls_sigma"] = row(calls);
    return { values };
  },
  expected: (golden) => ({ model_calls_sigma: row(param(golden, "model_calls_sigma", "numbers")) }),
};
