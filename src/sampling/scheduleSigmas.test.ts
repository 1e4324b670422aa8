import { describe, expect, test } from "vitest";
import { epsSampling } from "./epsSampling.ts";
import { discreteFlowSampling, flux2Sampling } from "./flowSampling.ts";
import { schedulerNames } from "./schedulers/index.ts";
import { basicSchedule, ksamplerSchedule } from "./scheduleSigmas.ts";

describe.each(schedulerNames)("%s", (scheduler) => {
  test.each([
    ["flux2", flux2Sampling()],
    ["sd3", discreteFlowSampling(3)],
    ["eps", epsSampling()],
  ])("falls from at most the largest sigma to 0: %s", (_, sampling) => {
    for (const steps of [2, 7, 30]) {
      const sigmas = ksamplerSchedule(sampling, { scheduler, steps, denoise: 1 }, "euler");
      expect(sigmas.at(-1)).toBe(0);
      expect(sigmas[0]).toBeLessThanOrEqual(sampling.sigmaMax * (1 + 1e-6));
      for (let i = 1; i < sigmas.length; i++) expect(sigmas[i]).toBeLessThan(sigmas[i - 1]!);
    }
  });
});

const sampling = flux2Sampling();
const simple = { scheduler: "simple", steps: 4, denoise: 1 };

test("denoise below 1 keeps the last steps of a longer schedule", () => {
  const long = basicSchedule(sampling, { ...simple, steps: 8 });
  expect(basicSchedule(sampling, { ...simple, denoise: 0.5 })).toEqual(long.slice(-5));
  expect(ksamplerSchedule(sampling, { ...simple, denoise: 0.5 }, "euler")).toEqual(long.slice(-5));
  expect(basicSchedule(sampling, { ...simple, denoise: 0 })).toEqual(new Float32Array());
});

test("samplers that evaluate between two levels get one more, and the second-last dropped", () => {
  const five = basicSchedule(sampling, { ...simple, steps: 5 });
  expect(ksamplerSchedule(sampling, simple, "dpm_2")).toEqual(Float32Array.of(...five.slice(0, 4), 0));
});

test("an unknown scheduler says what there is", () => {
  expect(() => basicSchedule(sampling, { ...simple, scheduler: "karas" })).toThrowErrorMatchingInlineSnapshot(
    `[UnknownName: there is no scheduler "karas"; there are: simple, sgm_uniform, karras, exponential, ddim_uniform, beta, normal, linear_quadratic, kl_optimal]`,
  );
});
