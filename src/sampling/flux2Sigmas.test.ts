import { expect, test } from "vitest";
import { flux2Mu, flux2Sigmas } from "./flux2Sigmas.ts";

test("values of ComfyUI's Flux2Scheduler", () => {
  const want = [1, 0.9673840403556824, 0.9081438779830933, 0.7671999335289001, 0];
  flux2Sigmas(4, 1024, 1024).forEach((sigma, i) => void expect(sigma).toBeCloseTo(want[i]!, 6));
  expect(flux2Sigmas(1, 1024, 1024)).toEqual(Float32Array.of(1, 0));
});

test("above 4300 tokens the steps no longer matter", () => {
  // 1048 x 1050 is 4298 tokens, 1049 x 1050 rounds to 4303
  expect(flux2Mu(4, 1048, 1050)).not.toBe(flux2Mu(40, 1048, 1050));
  expect(flux2Mu(4, 1049, 1050)).toBe(flux2Mu(40, 1049, 1050));
});

test("half a token goes to the even neighbour", () => {
  expect(flux2Mu(4, 16, 24)).toBe(flux2Mu(4, 16, 32)); // 1.5 and 2
  expect(flux2Mu(4, 16, 40)).toBe(flux2Mu(4, 16, 32)); // 2.5 and 2
});
