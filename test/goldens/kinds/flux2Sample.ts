import { flux2Sampling } from "../../../src/sampling/flowSampling.ts";
import { flux2Sigmas } from "../../../src/sampling/flux2Sigmas.ts";
import { prepareNoise } from "../../../src/sampling/prepareNoise.ts";
import { basicSchedule } from "../../../src/sampling/scheduleSigmas.ts";
import { loadFlux2, references } from "../flux2Case.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { floats, input, param, seedOf } from "../params.ts";
import { CELL, sampleFlux2 } from "../sampleFlux2.ts";

export const flux2Sample: KindRunner = {
  kind: "flux2.sample",
  onDevice: true,
  async run(golden, device) {
    const { model, loaded } = await loadFlux2(golden, device);
    const shape = param(golden, "latent_shape", "numbers");
    const values: Record<string, GoldenTensor> = {};
    const put = (name: string, data: Float32Array) => (values[name] = { shape, data });

    // what the product's own nodes would start from, beside what the case gives
    const steps = param(golden, "steps", "number");
    const scheduler = param(golden, "scheduler", "string");
    const [, , height, width] = shape;
    const own =
      scheduler === "flux2"
        ? flux2Sigmas(steps, CELL * width!, CELL * height!)
        : basicSchedule(flux2Sampling(), { scheduler, steps, denoise: param(golden, "denoise", "number") });
    values["sigmas"] = row(own);
    put("noise", prepareNoise(shape, seedOf(golden)));

    const final = await sampleFlux2(model, loaded, {
      shape,
      sampler: param(golden, "sampler", "string"),
      sigmas: floats(golden, "sigmas"),
      noise: floats(golden, "noise"),
      latent: floats(golden, "latent"),
      seed: seedOf(golden),
      cfg: param(golden, "cfg", "number"),
      positive: floats(golden, "context"),
      negative: golden.inputs.has("negative_context") ? floats(golden, "negative_context") : undefined,
      guidance: (golden.params["guidance"] as number | null) ?? undefined,
      references: references(golden),
      callback: ({ step, x, denoised }) => {
        put(`out.x.${step}`, x);
        put(`out.denoised.${step}`, denoised);
      },
    });
    put("out.final", final);
    return { values };
  },
  expected: (golden) => ({ sigmas: input(golden, "sigmas"), noise: input(golden, "noise") }),
};
