import { node } from "../declare.ts";
import { GUIDER, LATENT, NOISE, SAMPLER, SIGMAS } from "../kinds.ts";
import { sampleLatent } from "./sampleLatent.ts";

/** Noise, guider, sampler and schedule from elsewhere; gives the latent at the end, and the last prediction of the clean one. */
export const SamplerCustomAdvanced = node({
  name: "SamplerCustomAdvanced",
  category: "model/sampling/custom",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  inputs: {
    noise: NOISE.link(),
    guider: GUIDER.link(),
    sampler: SAMPLER.link(),
    sigmas: SIGMAS.link(),
    latent_image: LATENT.link(),
  },
  outputs: { output: LATENT.output, denoised_output: LATENT.output },
  async execute({ latent_image, ...request }, context) {
    const { output, denoised } = await sampleLatent({ ...request, latent: latent_image }, context);
    return { output, denoised_output: denoised };
  },
});
