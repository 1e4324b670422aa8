import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep } from "./ancestralStep.ts";
import { addScaled, derivative, weigh } from "./arrays.ts";

/**
 * Refined exponential solver, second order from the last two predictions, in t = -log sigma; with fresh noise (`ancestral`), along the
 * negative's slope (`cfgPp`), or both. Sources: Zhang et al. 2023 (arXiv:2308.02157); cfg++: Chung et al. 2024 (arXiv:2406.08070).
 */
export const resMultistep =
  ({ ancestral = false, cfgPp = false }): Sampler =>
  async ({ x, sigmas, guide, seed, callback }) => {
    const noise = ancestral ? defaultNoiseSampler(seed, x.length) : null;
    const steps = sigmas.length - 1;
    let before: { readonly prediction: Float32Array; readonly down: number } | null = null;
    for (let i = 0; i < steps; i++) {
      const sigma = sigmas[i]!;
      const next = sigmas[i + 1]!;
      const { denoised, uncond } = await guide(x, sigma, cfgPp);
      callback?.({ step: i, steps, sigma, x, denoised });
      const { down, up } = ancestral ? ancestralStep(sigma, next) : { down: next, up: 0 };
      const prediction = cfgPp ? uncond : denoised;
      if (down === 0 || before === null) {
        const slope = derivative(x, prediction, sigma);
        x = cfgPp ? addScaled(denoised, down, slope) : addScaled(x, down - sigma, slope);
      } else {
        const h = Math.log(sigma / down);
        const c2 = Math.log(before.down / sigmas[i - 1]!) / h;
        const phi1 = Math.expm1(-h) / -h;
        const phi2 = (phi1 - 1) / -h;
        const b2 = finiteOr0(phi2 / c2);
        const b1 = finiteOr0(phi1 - phi2 / c2);
        const from = cfgPp ? weigh([1, x], [1, denoised], [-1, uncond]) : x;
        x = weigh([Math.exp(-h), from], [h * b1, prediction], [h * b2, before.prediction]);
      }
      if (noise !== null && next > 0) x = addScaled(x, up, noise(sigma, next));
      before = { prediction, down };
    }
    return x;
  };

const finiteOr0 = (x: number): number => (Number.isFinite(x) ? x : 0);
