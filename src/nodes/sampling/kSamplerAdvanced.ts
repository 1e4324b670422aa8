import { samplerNames } from "../../sampling/samplers/index.ts";
import { schedulerNames } from "../../sampling/schedulers/index.ts";
import { ksamplerSchedule } from "../../sampling/scheduleSigmas.ts";
import { combo, float, int, node, seed } from "../declare.ts";
import { CONDITIONING, LATENT, MODEL } from "../kinds.ts";
import { partOfSchedule } from "./partOfSchedule.ts";
import { sampleLatent } from "./sampleLatent.ts";

/** A part of a schedule: from a step to a step, with or without noise before and after. */
export const KSamplerAdvanced = node({
  name: "KSamplerAdvanced",
  displayName: "KSampler (Advanced)",
  category: "model/sampling",
  pythonModule: "nodes",
  inputs: {
    model: MODEL.link(),
    add_noise: combo(["enable", "disable"], { advanced: true }),
    noise_seed: seed(),
    steps: int({ default: 20, min: 1, max: 10000 }),
    cfg: float({ default: 8, min: 0, max: 100, step: 0.1, round: 0.01 }),
    sampler_name: combo(samplerNames),
    scheduler: combo(schedulerNames),
    positive: CONDITIONING.link(),
    negative: CONDITIONING.link(),
    latent_image: LATENT.link(),
    start_at_step: int({ default: 0, min: 0, max: 10000, advanced: true }),
    end_at_step: int({ default: 10000, min: 0, max: 10000, advanced: true }),
    return_with_leftover_noise: combo(["disable", "enable"], { advanced: true }),
  },
  outputs: { LATENT: LATENT.output },
  async execute(inputs, context) {
    const { model, positive, negative, cfg, sampler_name: name, scheduler, steps, noise_seed, latent_image } = inputs;
    const whole = ksamplerSchedule(model.sampling, { scheduler, steps, denoise: 1 }, name);
    const finish = inputs.return_with_leftover_noise === "disable";
    const sigmas = partOfSchedule(whole, inputs.start_at_step, inputs.end_at_step, finish);
    if (sigmas.length < 2) return { LATENT: latent_image };
    const guider = { model, positive, negative, cfg };
    const noise = { seed: inputs.add_noise === "disable" ? null : noise_seed };
    const request = { guider, noise, seed: noise_seed, sampler: { name }, sigmas, latent: latent_image };
    return { LATENT: (await sampleLatent(request, context)).output };
  },
});
