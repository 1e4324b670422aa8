import type { Guider } from "./guiders.ts";
import type { ModelSampling } from "./modelSampling.ts";

/**
 * Keeps the picture where `mask` is 0: before each prediction that part is the latent with its own noise at this sigma, after it the
 * latent itself. Between 0 and 1 both are mixed. mask, noise, latent: x's size; the mask may be another one at each noise level.
 */
export function maskedGuider(
  guider: Guider,
  sampling: ModelSampling,
  mask: Float32Array | ((sigma: number) => Float32Array),
  noise: Float32Array,
  latent: Float32Array,
): Guider {
  const mix = (open: Float32Array, inside: Float32Array, outside: Float32Array) =>
    inside.map((v, i) => v * open[i]! + outside[i]! * (1 - open[i]!));
  return async (x, sigma, wantUncond) => {
    const open = typeof mask === "function" ? mask(sigma) : mask;
    const kept = sampling.noiseScaling(sigma, noise, latent, false);
    const { denoised, uncond } = await guider(mix(open, x, kept), sigma, wantUncond);
    return { denoised: mix(open, denoised, latent), uncond };
  };
}
