import type { Guider } from "./guiders.ts";
import type { ModelSampling } from "./modelSampling.ts";

/** The guided prediction of the clean latent for `x` at noise level `sigma`. */
export type Denoise = (x: Float32Array, sigma: number) => Promise<Float32Array>;

/** What a callback is told at step `step` of `steps`: the latent before the step, and the prediction made from it. */
export interface Step {
  readonly step: number;
  readonly steps: number;
  readonly sigma: number;
  readonly x: Float32Array;
  readonly denoised: Float32Array;
}

/** What a sampler is given. Arrays that reach a callback are never written again, so they may be kept. */
export interface SamplerRun {
  /** The latent to start from, noise included. Not written. */
  readonly x: Float32Array;
  /** Noise levels, falling; one step between each two. A sampler may change its copy (uni_pc does). */
  readonly sigmas: Float32Array;
  readonly denoise: Denoise;
  /** The same with the negative's prediction beside it, for the cfg++ samplers. */
  readonly guide: Guider;
  readonly sampling: ModelSampling;
  /** For samplers that add noise on the way. */
  readonly seed: bigint;
  readonly callback?: ((step: Step) => void) | undefined;
}

/** Integrates from the first sigma to the last; resolves to the latent there. */
export type Sampler = (run: SamplerRun) => Promise<Float32Array>;
