import { expect, test } from "vitest";
import { ALIGNED_MODELS, alignYourStepsSigmas } from "./alignYourSteps.ts";

test("ten steps are the published ones, the last level 0", () => {
  const sigmas = alignYourStepsSigmas("SD1", 10, 1);
  expect(sigmas).toHaveLength(11);
  expect(sigmas[1]).toBeCloseTo(6.4745760956, 6);
  expect(sigmas[9]).toBeCloseTo(0.1515232662, 7);
  expect(sigmas[10]).toBe(0);
});

test("twenty steps pass through them, in the geometric middle between", () => {
  const sigmas = alignYourStepsSigmas("SDXL", 20, 1);
  expect(sigmas[2]).toBeCloseTo(6.3184485287, 5);
  expect(sigmas[3]).toBeCloseTo(Math.sqrt(6.3184485287 * 3.7681790315), 5);
});

test.each(ALIGNED_MODELS)("%s falls", (model) => {
  const sigmas = alignYourStepsSigmas(model, 7, 1);
  for (let i = 1; i < sigmas.length; i++) expect(sigmas[i]).toBeLessThan(sigmas[i - 1]!);
});

test("a share of the way is its end", () => {
  expect(alignYourStepsSigmas("SVD", 10, 0.45)).toEqual(alignYourStepsSigmas("SVD", 10, 1).slice(6));
  expect(alignYourStepsSigmas("SVD", 10, 0)).toHaveLength(0);
  // so little that no step is left: the end alone
  expect([...alignYourStepsSigmas("SVD", 10, 0.01)]).toEqual([0]);
});
