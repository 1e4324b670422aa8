import type { ModelSampling } from "./modelSampling.ts";

const f32 = Math.fround;

/**
 * Flow matching with a shifted time: x_sigma = sigma noise + (1 - sigma) latent, and the network gives dx/dsigma.
 * Source: Esser et al. 2024 (arXiv:2403.03206), section 3; Liu et al. 2022 (arXiv:2209.03003).
 */
function flowSampling(options: {
  readonly shift: (t: number) => number;
  /** Entries of the table, at t = 1/entries ... 1. */
  readonly entries: number;
  /** Timesteps per unit of time. */
  readonly multiplier: number;
  readonly timestep: (sigma: number) => number;
}): ModelSampling {
  const { shift, entries, multiplier, timestep } = options;
  const sigmas = Float32Array.from({ length: entries }, (_, i) => shift(f32((i + 1) / entries)));
  return {
    kind: "flow",
    sigmas,
    sigmaMin: sigmas[0]!,
    sigmaMax: sigmas[entries - 1]!,
    sigma: (t) => f32(shift(f32(t / multiplier))),
    timestep,
    percentToSigma: (percent) => (percent <= 0 ? 1 : percent >= 1 ? 0 : shift(1 - percent)),
    noiseScaling: (sigma, noise, latent) => noise.map((n, i) => sigma * n + (1 - sigma) * latent[i]!),
    inverseNoiseScaling: (sigma, latent) => latent.map((v) => v / (1 - sigma)),
    input: (x) => x,
    denoised: (x, sigma, velocity) => x.map((v, i) => v - sigma * velocity[i]!),
  };
}

/** Flux's flow: sigma = e^mu / (e^mu + 1/t - 1), 10,000 entries; the network takes sigma itself as its time. Flux 2: mu 2.02. */
export function fluxSampling(mu: number): ModelSampling {
  const e = Math.exp(mu);
  return flowSampling({
    shift: (t) => e / (e + (1 / t - 1)),
    entries: 10_000,
    multiplier: 1,
    timestep: (sigma) => sigma,
  });
}

/** Flux 2's model sampling when no node replaces it. */
export const flux2Sampling = (): ModelSampling => fluxSampling(2.02);

/** SD3's flow: sigma = s t / (1 + (s - 1) t), 1,000 entries. `multiplier`: timesteps per unit of time, SD3 1000, AuraFlow 1. */
export function discreteFlowSampling(shift: number, multiplier = 1000): ModelSampling {
  return flowSampling({
    shift: (t) => (shift * t) / (1 + (shift - 1) * t),
    entries: 1000,
    multiplier,
    timestep: (sigma) => sigma * multiplier,
  });
}
