import { prepareNoise } from "../../sampling/prepareNoise.ts";
import { node } from "../declare.ts";
import { LATENT, MODEL, NOISE, SIGMAS } from "../kinds.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";

/** A latent with the noise that a schedule takes away from its first to its last level, for sampling that adds none itself. */
export const AddNoise = node({
  name: "AddNoise",
  category: "experimental",
  pythonModule: "comfy_extras.nodes_custom_sampler",
  experimental: true,
  inputs: { model: MODEL.link(), noise: NOISE.link(), sigmas: SIGMAS.link(), latent_image: LATENT.link() },
  outputs: { LATENT: LATENT.output },
  execute: ({ model, noise, sigmas, latent_image }) => {
    if (sigmas.length === 0) return { LATENT: latent_image };
    const latent = fitLatent(latent_image, model.latent);
    if (latent === null) throw wrongLatent(latent_image, model.file, model.latent);
    const { batch, channels, height, width, samples, batchIndex } = latent;
    const drawn =
      noise.seed === null
        ? new Float32Array(samples.length)
        : prepareNoise([batch, channels, height, width], noise.seed, batchIndex);
    const level = sigmas.length > 1 ? Math.abs(sigmas[0]! - sigmas.at(-1)!) : sigmas[0]!;
    return { LATENT: { ...latent, samples: model.sampling.noiseScaling(level, drawn, samples, false) } };
  },
});
