import { expect, test } from "vitest";
import { differentialMask } from "./differentialMask.ts";
import { flux2Sampling } from "./flowSampling.ts";
import type { Guider } from "./guiders.ts";
import { type SampleRequest, sample } from "./sample.ts";

const sampling = flux2Sampling();
const mask = Float32Array.of(0, 0.25, 0.5, 0.75, 1);
const sigmas = Float32Array.of(1, 0.8, 0.6, 0.4, 0.2, 0);
const at = (sigma: number, strength = 1, levels = sigmas) => [
  ...differentialMask(mask, strength, sampling, levels)(sigma),
];

test("it opens from the brightest on, and at the end only what is 0 is kept", () => {
  expect(at(1)).toEqual([0, 0, 0, 0, 1]);
  expect(at(0.6)).toEqual([0, 0, 0, 1, 1]);
  expect(at(0.4)).toEqual([0, 0, 1, 1, 1]);
  expect(at(0.2)).toEqual([0, 1, 1, 1, 1]);
});

test("a run that ends early, or begins late, counts from its own ends", () => {
  const part = Float32Array.of(0.8, 0.6, 0.4);
  expect(at(0.8, 1, part)).toEqual([0, 0, 0, 0, 1]);
  expect(at(0.61, 1, part)).toEqual([0, 0, 0, 1, 1]);
  expect(at(0.4, 1, part)).toEqual([1, 1, 1, 1, 1]);
});

test("strength mixes it with the mask itself; 0 is as 1", () => {
  expect(at(0.6, 0.5)).toEqual([0, 0.125, 0.25, 0.875, 1]);
  expect(at(0.6, 0)).toEqual(at(0.6));
});

test("sampled: a low value keeps more of the old picture", async () => {
  const knows: Guider = async (x) => ({ denoised: x.map(() => 1), uncond: x.map(() => 1) });
  const request: SampleRequest = {
    sampler: "euler",
    guider: knows,
    sampling,
    sigmas,
    noise: new Float32Array(5),
    latent: new Float32Array(5),
    denoiseMask: mask,
    seed: 1n,
  };
  const plain = await sample(request);
  expect([...plain]).toEqual([...mask].map((v) => expect.closeTo(v, 5)));
  const made = await sample({ ...request, differential: 1 });
  expect(made[0]).toBe(0);
  for (let i = 1; i < 5; i++) expect(made[i]).toBeCloseTo(1, 5);
  // where the last step does not reach the value, the picture stays
  const early = await sample({ ...request, sigmas: Float32Array.of(1, 0.9), differential: 1 });
  expect(early[1]).toBe(0);
});
