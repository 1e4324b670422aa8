import type { ModelSampling } from "./modelSampling.ts";

/**
 * A mask that opens as the run goes on: where it is `v`, the picture is made anew once no more than a share `v` of the run's time is left, so
 * that low values change little. Below `strength` 1 it is mixed with the mask itself (at 0 it is not, as in ComfyUI). Returns the mask at a
 * noise level. `sigmas`: the run's, falling. Source: Levin and Fried 2023 (arXiv:2306.00950).
 */
export function differentialMask(
  mask: Float32Array,
  strength: number,
  sampling: ModelSampling,
  sigmas: Float32Array,
): (sigma: number) => Float32Array {
  const first = sampling.timestep(sigmas[0]!);
  const last = sampling.timestep(Math.max(sigmas.at(-1)!, sampling.sigmaMin));
  const share = strength > 0 && strength < 1 ? strength : 1;
  return (sigma) => {
    const threshold = Math.fround((sampling.timestep(sigma) - last) / (first - last));
    return mask.map((value) => share * (value >= threshold ? 1 : 0) + (1 - share) * value);
  };
}
