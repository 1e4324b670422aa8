import type { ModelSampling } from "./modelSampling.ts";

const f32 = Math.fround;
const STEPS = 1000;

/**
 * Noise prediction as Stable Diffusion 1.5 and SDXL were trained: 1,000 betas, linear in their square roots from 0.00085 to 0.012,
 * sigma = sqrt((1 - a) / a) with a the running product of 1 - beta; x = latent + sigma noise, and the network, fed with
 * x / sqrt(sigma^2 + 1), gives the noise. Sources: Ho et al. 2020 (arXiv:2006.11239); Rombach et al. 2022 (arXiv:2112.10752).
 */
export function epsSampling(): ModelSampling {
  const sigmas = new Float32Array(STEPS);
  let alpha = 1;
  for (let i = 0; i < STEPS; i++) {
    const root = Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * i) / (STEPS - 1);
    alpha *= 1 - root * root;
    sigmas[i] = Math.sqrt((1 - alpha) / alpha);
  }
  const logSigmas = sigmas.map((sigma) => Math.log(sigma));
  const sigma = (timestep: number): number => {
    const t = Math.min(Math.max(f32(timestep), 0), STEPS - 1);
    const low = Math.floor(t);
    const rest = t - low;
    return f32(Math.exp((1 - rest) * logSigmas[low]! + rest * logSigmas[Math.ceil(t)]!));
  };
  return {
    kind: "eps",
    sigmas,
    sigmaMin: sigmas[0]!,
    sigmaMax: sigmas[STEPS - 1]!,
    sigma,
    timestep: (wanted) => {
      const log = Math.log(wanted);
      let best = 0;
      for (let i = 1; i < STEPS; i++) {
        if (Math.abs(log - logSigmas[i]!) < Math.abs(log - logSigmas[best]!)) best = i;
      }
      return best;
    },
    // "at the start" must lie above every schedule, so ComfyUI's number for it is not the table's last entry
    percentToSigma: (percent) => (percent <= 0 ? 999999999.9 : percent >= 1 ? 0 : sigma((1 - percent) * (STEPS - 1))),
    noiseScaling: (level, noise, latent, maxDenoise) => {
      const scale = maxDenoise ? Math.sqrt(1 + level * level) : level;
      return noise.map((n, i) => n * scale + latent[i]!);
    },
    inverseNoiseScaling: (_, latent) => latent,
    input: (x, level) => x.map((v) => v / Math.sqrt(level * level + 1)),
    denoised: (x, level, noise) => x.map((v, i) => v - level * noise[i]!),
  };
}
