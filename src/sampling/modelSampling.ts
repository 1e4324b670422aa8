/**
 * How a model's noise levels are counted and how a latent is mixed with noise: what the sampling loop must know about a model, and
 * no more. Sigmas and latents are f32. Implemented by flowSampling (Flux, SD3) and epsSampling (SD1.5, SDXL).
 */
export interface ModelSampling {
  /** `flow`: x = sigma noise + (1 - sigma) latent, the network gives a velocity. `eps`: x = latent + sigma noise, it gives the noise. */
  readonly kind: "flow" | "eps";
  /** The table of noise levels, ascending. */
  readonly sigmas: Float32Array;
  readonly sigmaMin: number;
  readonly sigmaMax: number;
  /** The noise level at a timestep, as the network counts timesteps. */
  sigma(timestep: number): number;
  timestep(sigma: number): number;
  /** Noise level at a share of the way, 0 the start (all noise), 1 the end. */
  percentToSigma(percent: number): number;
  /** The latent to start from. `maxDenoise`: the schedule starts at (or above) the model's largest sigma. */
  noiseScaling(sigma: number, noise: Float32Array, latent: Float32Array, maxDenoise: boolean): Float32Array;
  /** Undoes the scaling that is left at the schedule's last sigma. */
  inverseNoiseScaling(sigma: number, latent: Float32Array): Float32Array;
  /** What the network is fed for a noisy latent. */
  input(x: Float32Array, sigma: number): Float32Array;
  /** The clean latent that the network's output stands for. */
  denoised(x: Float32Array, sigma: number, output: Float32Array): Float32Array;
}
