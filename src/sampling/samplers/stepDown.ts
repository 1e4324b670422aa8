import type { SamplerRun } from "../sampler.ts";

/** A step of a sampler from level `sigma`, the `i`th, to `next`, which lies above 0. */
export interface StepAt {
  readonly i: number;
  readonly x: Float32Array;
  readonly sigma: number;
  readonly next: number;
  /** The prediction made from x. */
  readonly denoised: Float32Array;
}

/** The loop of samplers that ask the model at each level of `sigmas`: `step` makes x at the next one; at a last level of 0 the prediction is x. */
export async function stepDown(
  { x, sigmas, denoise, callback }: Pick<SamplerRun, "x" | "sigmas" | "denoise" | "callback">,
  step: (at: StepAt) => Float32Array | Promise<Float32Array>,
): Promise<Float32Array> {
  const steps = sigmas.length - 1;
  for (let i = 0; i < steps; i++) {
    const sigma = sigmas[i]!;
    const next = sigmas[i + 1]!;
    const denoised = await denoise(x, sigma);
    callback?.({ step: i, steps, sigma, x, denoised });
    x = next === 0 ? denoised : await step({ i, x, sigma, next, denoised });
  }
  return x;
}
