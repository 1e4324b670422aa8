import { describe, expect, test } from "vitest";
import { epsSampling } from "./epsSampling.ts";
import { flux2Sampling } from "./flowSampling.ts";
import type { Guider } from "./guiders.ts";
import { prepareNoise } from "./prepareNoise.ts";
import { type SampleRequest, sample } from "./sample.ts";
import { samplerNames } from "./samplers/index.ts";
import { basicSchedule } from "./scheduleSigmas.ts";

const SIZE = 24;
/** A model that knows the picture: whatever the noise, it predicts 0.5 everywhere. */
const knows: Guider = async (x) => ({ denoised: x.map(() => 0.5), uncond: x.map(() => 0.5) });
const sampling = flux2Sampling();
const base: SampleRequest = {
  sampler: "euler",
  guider: knows,
  sampling,
  sigmas: basicSchedule(sampling, { scheduler: "simple", steps: 4, denoise: 1 }),
  noise: prepareNoise([1, SIZE], 1n),
  latent: new Float32Array(SIZE),
  seed: 1n,
};
const distance = (a: Float32Array, b: number) => Math.max(...a.map((v) => Math.abs(v - b)));

describe.each(samplerNames)("%s", (sampler) => {
  test.each([
    ["flow", base],
    [
      "eps",
      {
        ...base,
        sampling: epsSampling(),
        sigmas: basicSchedule(epsSampling(), { scheduler: "karras", steps: 4, denoise: 1 }),
      },
    ],
  ])("ends at the picture that the model predicts: %s", async (_, request) => {
    // these two stop at the last level above 0, with that much noise left
    const left = sampler === "dpm_fast" || sampler === "dpm_adaptive" ? request.sigmas.at(-2)! : 0;
    const bound = 0.01 + left * (1 + distance(request.noise, 0.5));
    expect(distance(await sample({ ...request, sampler }), 0.5)).toBeLessThan(bound);
  });

  test("the same seed gives the same bytes, and neither inputs nor what a callback saw is written to", async () => {
    const kept: { array: Float32Array; copy: Float32Array }[] = [];
    const keep = (array: Float32Array) => kept.push({ array, copy: array.slice() });
    const wavy: Guider = async (x, sigma) => {
      const denoised = x.map((v) => Math.sin(v) * (1 - sigma));
      return { denoised, uncond: denoised };
    };
    const request = { ...base, sampler, guider: wavy };
    keep(request.sigmas);
    keep(request.noise);
    keep(request.latent);
    const first = await sample({
      ...request,
      callback: ({ x, denoised }) => {
        keep(x);
        keep(denoised);
      },
    });
    expect(await sample(request)).toEqual(first);
    for (const { array, copy } of kept) expect(array).toEqual(copy);
  });
});

test("fewer than two sigmas: nothing to do", async () => {
  const latent = Float32Array.from({ length: SIZE }, (_, i) => i);
  for (const sigmas of [new Float32Array(), Float32Array.of(1)]) {
    expect(await sample({ ...base, sigmas, latent })).toBe(latent);
  }
});

test("a mask keeps the latent where it is 0", async () => {
  const latent = Float32Array.from({ length: SIZE }, (_, i) => i);
  const denoiseMask = Float32Array.from({ length: SIZE }, (_, i) => (i < 8 ? 0 : 1));
  const result = await sample({ ...base, latent, denoiseMask });
  expect(Array.from(result.subarray(0, 8), (v) => Math.round(v * 1e4) / 1e4)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(distance(result.subarray(8), 0.5)).toBeLessThan(0.01);
});

test("a schedule that stops early leaves noise, scaled as the next run expects it", async () => {
  const [first, second] = [base.sigmas.slice(0, 3), base.sigmas.slice(2)];
  const half = await sample({ ...base, sigmas: first });
  const whole = await sample({ ...base, sigmas: second, latent: half, noise: new Float32Array(SIZE) });
  const atOnce = await sample(base);
  expect(Math.max(...whole.map((v, i) => Math.abs(v - atOnce[i]!)))).toBeLessThan(1e-5);
});

test("an unknown sampler says what there is", async () => {
  const error = await sample({ ...base, sampler: "eulr" }).catch((e: unknown) => e);
  expect(error).toMatchObject({
    code: "unknown-sampler",
    message: expect.stringMatching(/^there is no sampler "eulr"; there are: euler, /),
  });
  await expect(sample({ ...base, sampler: "toString" })).rejects.toMatchObject({ code: "unknown-sampler" });
});

test("the largest seed has no next one for samplers that need it", async () => {
  await expect(sample({ ...base, sampler: "euler_ancestral", seed: 2n ** 64n - 1n })).rejects.toMatchObject({
    code: "bad-seed",
  });
});

test("a model that says not-a-number ends a sampler that chooses its own steps", async () => {
  const broken: Guider = async (x) => ({ denoised: x.map(() => Number.NaN), uncond: x });
  await expect(sample({ ...base, sampler: "dpm_adaptive", guider: broken })).rejects.toMatchObject({
    code: "not-a-number",
  });
});

test("what the guider rejects with comes through", async () => {
  const failing: Guider = async () => {
    throw new Error("interrupted");
  };
  await expect(sample({ ...base, guider: failing })).rejects.toThrow("interrupted");
});
