import { describe, expect, test } from "vitest";
import { flux2Sampling } from "../../sampling/flowSampling.ts";
import type { Guider } from "../../sampling/guiders.ts";
import { prepareNoise } from "../../sampling/prepareNoise.ts";
import { type SampleRequest, sample } from "../../sampling/sample.ts";
import { samplerNames } from "../../sampling/samplers/index.ts";
import { basicSchedule } from "../../sampling/scheduleSigmas.ts";
import { modelSigmas } from "./modelSigmas.ts";

const sampling = flux2Sampling();
const schedules = [
  { scheduler: "simple", steps: 5, denoise: 1 },
  { scheduler: "karras", steps: 2, denoise: 0.4 },
  { scheduler: "beta", steps: 12, denoise: 0.7 },
];

/** The levels at which a model that answers something of its own is asked, on a latent of its own size, with a mask. */
async function askedOf(request: Omit<SampleRequest, "guider">): Promise<readonly number[]> {
  const asked: number[] = [];
  const guider: Guider = async (x, sigma) => {
    asked.push(sigma);
    return { denoised: x.map((v, i) => Math.sin(3 * v + i) * (1 - sigma)), uncond: x.map((v) => Math.cos(5 * v)) };
  };
  await sample({ ...request, guider });
  return asked;
}

describe.each(samplerNames)("%s", (sampler) => {
  test.each(schedules)("%j: the levels are those at which the model is asked", async (schedule) => {
    const request = {
      sampler,
      sampling,
      sigmas: basicSchedule(sampling, schedule),
      noise: prepareNoise([1, 24], 3n),
      latent: prepareNoise([1, 24], 4n),
      denoiseMask: Float32Array.from({ length: 24 }, (_, i) => (i % 3) / 2),
      seed: 7n,
    };
    const found = await modelSigmas(request);
    if (sampler === "dpm_adaptive") expect(found).toBe("unknown");
    else expect(found).toEqual(await askedOf(request));
  });
});

test("no steps ask for nothing; an unknown sampler is refused as it is when it runs", async () => {
  const one = Float32Array.of(1);
  const request = { sampler: "euler", sampling, sigmas: one, noise: one, latent: one, seed: 0n };
  expect(await modelSigmas(request)).toEqual([]);
  const sigmas = Float32Array.of(1, 0);
  await expect(modelSigmas({ ...request, sigmas, sampler: "eular" })).rejects.toMatchObject({
    code: "unknown-sampler",
  });
});
