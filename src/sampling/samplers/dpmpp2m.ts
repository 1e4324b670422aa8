import type { Sampler } from "../sampler.ts";

/**
 * DPM-Solver++(2M): second order from the last two predictions, in t = -log sigma. The last step, to sigma 0, is first order.
 * Source: Lu et al. 2022 (arXiv:2211.01095), algorithm 2.
 */
export const dpmpp2m: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const steps = sigmas.length - 1;
  let before: Float32Array | null = null;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    const h = Math.log(sigma) - Math.log(next);
    let target = denoised;
    if (before !== null && next !== 0) {
      const old = before;
      const r = (Math.log(sigmas[i - 1]!) - Math.log(sigma)) / h;
      target = denoised.map((d, j) => (1 + 1 / (2 * r)) * d - (1 / (2 * r)) * old[j]!);
    }
    const keep = next / sigma;
    const gain = -Math.expm1(-h);
    x = x.map((v, j) => keep * v + gain * target[j]!);
    before = denoised;
  }
  return x;
};
