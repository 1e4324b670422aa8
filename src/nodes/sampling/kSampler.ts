import { samplerNames } from "../../sampling/samplers/index.ts";
import { schedulerNames } from "../../sampling/schedulers/index.ts";
import { ksamplerSchedule } from "../../sampling/scheduleSigmas.ts";
import { combo, float, int, node, seed, told } from "../declare.ts";
import { CONDITIONING, LATENT, MODEL } from "../kinds.ts";
import { sampleLatent } from "./sampleLatent.ts";

/** The whole of sampling in one node. */
export const KSampler = node({
  name: "KSampler",
  category: "model/sampling",
  description: "Denoises a latent with a model, guided by a positive and a negative conditioning.",
  pythonModule: "nodes",
  searchAliases: ["sampler", "sample", "generate", "denoise", "diffuse", "txt2img", "img2img"],
  inputs: {
    model: MODEL.link("The diffusion model."),
    seed: seed("The seed of the noise."),
    steps: int({ default: 20, min: 1, max: 10000, tooltip: "How many steps the denoising takes." }),
    cfg: float({
      default: 8,
      min: 0,
      max: 100,
      step: 0.1,
      round: 0.01,
      tooltip: "How far to go from the negative towards the positive; 1: the negative is not used.",
    }),
    sampler_name: combo(samplerNames, { tooltip: "How the steps are taken." }),
    scheduler: combo(schedulerNames, { tooltip: "How noise levels are spread over the steps." }),
    positive: CONDITIONING.link("What the picture should show."),
    negative: CONDITIONING.link("What it should not."),
    latent_image: LATENT.link("The latent to start from."),
    denoise: float({
      default: 1,
      min: 0,
      max: 1,
      step: 0.01,
      tooltip: "How much is made anew; below 1 something of the latent stays.",
    }),
  },
  outputs: { LATENT: told(LATENT.output, "The denoised latent.") },
  async execute(
    { model, seed, steps, cfg, sampler_name, scheduler, positive, negative, latent_image, denoise },
    context,
  ) {
    const sigmas = ksamplerSchedule(model.sampling, { scheduler, steps, denoise }, sampler_name);
    const guider = { model, positive, negative, cfg };
    const request = { guider, noise: { seed }, sampler: { name: sampler_name }, sigmas, latent: latent_image };
    return { LATENT: (await sampleLatent(request, context)).output };
  },
});
