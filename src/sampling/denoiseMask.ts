import type { Guider } from "./guiders.ts";
import type { ModelSampling } from "./modelSampling.ts";

/**
 * Keeps the picture where `mask` is 0: before each prediction that part is the latent with its own noise at this sigma, after it the
 * latent itself. Between 0 and 1 both are mixed. mask, noise, latent: x's size.
 */
export function maskedGuider(
  guider: Guider,
  sampling: ModelSampling,
  mask: Float32Array,
  noise: Float32Array,
  latent: Float32Array,
): Guider {
  const mix = (inside: Float32Array, outside: Float32Array) =>
    inside.map((v, i) => v * mask[i]! + outside[i]! * (1 - mask[i]!));
  return async (x, sigma, wantUncond) => {
    const kept = sampling.noiseScaling(sigma, noise, latent, false);
    const { denoised, uncond } = await guider(mix(x, kept), sigma, wantUncond);
    return { denoised: mix(denoised, latent), uncond };
  };
}
