import type { Sampler } from "../sampler.ts";
import { addScaled, derivative, weigh } from "./arrays.ts";

/** Heun++: slopes at up to three levels, weighted by how far each level is down from the first. No paper of its own: extends Heun as in Karras et al. 2022. */
export const heunpp2: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const steps = sigmas.length - 1;
  const first = sigmas[0]!;
  const last = sigmas[steps]!;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    const slope = derivative(x, denoised, sigma);
    const x2 = addScaled(x, next - sigma, slope);
    if (next === last) {
      x = x2;
      continue;
    }
    const slope2 = derivative(x2, await denoise(x2, next), next);
    const after = sigmas[i + 2]!;
    if (after === last) {
      const w2 = next / (2 * first);
      x = addScaled(x, next - sigma, weigh([1 - w2, slope], [w2, slope2]));
      continue;
    }
    const x3 = addScaled(x2, after - next, slope2);
    const slope3 = derivative(x3, await denoise(x3, after), after);
    const w2 = next / (3 * first);
    const w3 = after / (3 * first);
    x = addScaled(x, next - sigma, weigh([1 - w2 - w3, slope], [w2, slope2], [w3, slope3]));
  }
  return x;
};
