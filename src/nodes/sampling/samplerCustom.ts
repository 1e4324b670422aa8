import { boolean, float, node, seed } from "../declare.ts";
import { CONDITIONING, LATENT, MODEL, SAMPLER, SIGMAS } from "../kinds.ts";
import { sampleLatent } from "./sampleLatent.ts";

/** Sampler and schedule from elsewhere, all else in one node. */
export const SamplerCustom = node({
  name: "SamplerCustom",
  category: "model/sampling/custom",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    model: MODEL.link(),
    add_noise: boolean({ default: true, advanced: true }),
    noise_seed: seed(),
    cfg: float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }),
    positive: CONDITIONING.link(),
    negative: CONDITIONING.link(),
    sampler: SAMPLER.link(),
    sigmas: SIGMAS.link(),
    latent_image: LATENT.link(),
  },
  outputs: { output: LATENT.output, denoised_output: LATENT.output },
  async execute({ model, add_noise, noise_seed, cfg, positive, negative, sampler, sigmas, latent_image }, context) {
    const guider = { model, positive, negative, cfg };
    const noise = { seed: add_noise ? noise_seed : null };
    const request = { guider, noise, seed: noise_seed, sampler, sigmas, latent: latent_image };
    const { output, denoised } = await sampleLatent(request, context);
    return { output, denoised_output: denoised };
  },
});
