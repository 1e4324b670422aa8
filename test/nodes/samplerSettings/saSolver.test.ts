import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { epsSampling } from "../../../src/sampling/epsSampling.ts";
import { saSolver } from "../../../src/sampling/samplers/saSolver.ts";

interface Recorded {
  readonly seed: number;
  readonly sigmas: readonly number[];
  readonly x: readonly number[];
  readonly cases: readonly {
    readonly eta: number;
    readonly predictor_order: number;
    readonly corrector_order: number;
    readonly out: readonly number[];
  }[];
}
const recorded = JSON.parse(readFileSync(join(import.meta.dirname, "saSolver.json"), "utf8")) as Recorded;

/** Orders and eta of the stochastic Adams solver, against diffusers' (README.md says how). */
describe("SA-Solver's settings, by diffusers", () => {
  test.each(recorded.cases)(
    "eta $eta, predicted from $predictor_order, corrected with $corrector_order",
    async ({ eta, predictor_order: predictorOrder, corrector_order: correctorOrder, out }) => {
      const method = saSolver({ eta, predictorOrder, correctorOrder, noisy: [100, 0], simpleSecond: true });
      const denoise = async (x: Float32Array, s: number) =>
        x.map((v) => v / (1 + s * s) + (((0.3 * s) / (1 + s)) * v) / (1 + Math.abs(v)));
      const got = await method({
        x: Float32Array.from(recorded.x),
        sigmas: Float32Array.from(recorded.sigmas),
        denoise,
        guide: async (x, s) => ({ denoised: await denoise(x, s), uncond: x }),
        sampling: epsSampling(),
        seed: BigInt(recorded.seed),
      });
      const scale = Math.max(...out.map(Math.abs));
      const worst = Math.max(...out.map((want, i) => Math.abs(got[i]! - want)));
      expect(worst / scale).toBeLessThan(1e-5);
    },
  );
});
