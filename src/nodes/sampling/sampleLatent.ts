import { basicGuider, cfgGuider } from "../../sampling/guiders.ts";
import { prepareNoise } from "../../sampling/prepareNoise.ts";
import { sample } from "../../sampling/sample.ts";
import type { WeirContext } from "../context.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import type { GuiderChoice, Latent, Noise, SamplerChoice, Sigmas } from "../values.ts";
import { flux2Denoiser } from "./flux2Denoiser.ts";
import { modelCalls } from "./modelCalls.ts";

export interface Sampled {
  readonly output: Latent;
  /** The last prediction of the clean latent; the output where there was no step. */
  readonly denoised: Latent;
}

/**
 * What KSampler and SamplerCustomAdvanced do: noise onto the latent, the sampler's steps down the sigmas, progress after each. The same
 * latent, seed and settings give the same bytes on the same device.
 */
export async function sampleLatent(
  request: {
    readonly guider: GuiderChoice;
    readonly noise: Noise;
    readonly sampler: SamplerChoice;
    readonly sigmas: Sigmas;
    readonly latent: Latent;
  },
  context: WeirContext,
): Promise<Sampled> {
  const { guider, noise, sampler, sigmas } = request;
  const { model, positive, negative, cfg } = guider;
  const latent = fitLatent(request.latent, model.latent);
  if (latent === null) throw wrongLatent(request.latent, model.file, model.latent);
  const { batch, channels, height, width, samples } = latent;
  const made = (values: Float32Array): Latent => ({ batch, channels, height, width, samples: values });

  const denoiser = flux2Denoiser(model, latent, modelCalls(sampler.name, sigmas.length - 1), context.signal);
  let last: Float32Array | undefined;
  try {
    const output = await sample({
      sampler: sampler.name,
      guider:
        negative === undefined
          ? basicGuider(denoiser.denoise, positive)
          : cfgGuider(denoiser.denoise, positive, negative, cfg),
      sampling: model.sampling,
      sigmas,
      noise:
        noise.seed === null
          ? new Float32Array(samples.length)
          : prepareNoise([batch, channels, height, width], noise.seed),
      latent: samples,
      seed: noise.seed ?? 0n,
      callback: ({ step, steps, denoised }) => {
        last = denoised;
        context.progress(step + 1, steps);
      },
    });
    return { output: made(output), denoised: made(last ?? output) };
  } finally {
    denoiser.end();
  }
}
