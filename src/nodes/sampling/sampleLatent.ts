import {
  basicGuider,
  cfgGuider,
  type Denoiser,
  dualCfgGuider,
  type Guider,
  perpNegGuider,
} from "../../sampling/guiders.ts";
import { prepareNoise } from "../../sampling/prepareNoise.ts";
import { rescaledCfg } from "../../sampling/rescaledCfg.ts";
import { sample } from "../../sampling/sample.ts";
import type { WeirContext } from "../context.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import { coloursOf } from "../previews/coloursOf.ts";
import { promptVaes } from "../previews/promptVaes.ts";
import type { Conditioning, GuiderChoice, Latent, Noise, SamplerChoice, Sigmas } from "../values.ts";
import { denoiseMaskOf } from "./denoiseMaskOf.ts";
import { flux2Denoiser } from "./flux2Denoiser.ts";
import { modelSigmas } from "./modelSigmas.ts";

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
    /** Of the noise that some samplers add on the way; default: the start noise's. */
    readonly seed?: bigint;
  },
  context: WeirContext,
): Promise<Sampled> {
  const { guider, noise, sampler, sigmas } = request;
  const { model } = guider;
  const latent = fitLatent(request.latent, model.latent);
  if (latent === null) throw wrongLatent(request.latent, model.file, model.latent);
  const { batch, channels, height, width, samples } = latent;
  const { noiseMask, batchIndex } = latent;
  const made = (values: Float32Array): Latent => ({
    batch,
    channels,
    height,
    width,
    samples: values,
    ...(noiseMask && { noiseMask }),
    ...(batchIndex && { batchIndex }),
  });

  const run = {
    sampler: sampler.name,
    method: sampler.method,
    sampling: model.sampling,
    sigmas,
    noise:
      noise.seed === null
        ? new Float32Array(samples.length)
        : prepareNoise([batch, channels, height, width], noise.seed, batchIndex),
    latent: samples,
    denoiseMask: noiseMask && denoiseMaskOf(noiseMask, latent),
    differential: model.differential,
    seed: request.seed ?? noise.seed ?? 0n,
  };
  const denoiser = flux2Denoiser(model, latent, guidingConds(guider), await modelSigmas(run), context.signal);
  const watched = context.previews === "latent2rgb";
  const vaes = watched ? await promptVaes(context.prompt, context.folders) : [];
  let last: Float32Array | undefined;
  try {
    const output = await sample({
      ...run,
      guider: guiderOf(guider, denoiser.denoise, batch),
      callback: ({ step, steps, denoised }) => {
        last = denoised;
        const shown = watched ? coloursOf(context).preview(latent, denoised, vaes) : undefined;
        context.progress(step + 1, steps, shown);
      },
    });
    return { output: made(output), denoised: made(last ?? output) };
  } finally {
    denoiser.end();
  }
}

function guidingConds({ positive, negative, third }: GuiderChoice): readonly Conditioning[] {
  return [positive, ...(negative === undefined ? [] : [negative]), ...(third === undefined ? [] : [third.cond])];
}

function guiderOf(
  { model, positive, negative, cfg, third }: GuiderChoice,
  denoise: Denoiser<Conditioning>,
  batch: number,
): Guider {
  const combine = model.rescaleCfg === undefined ? undefined : rescaledCfg(model.rescaleCfg, batch);
  if (negative === undefined) return basicGuider(denoise, positive);
  if (third === undefined) return cfgGuider(denoise, positive, negative, cfg, combine);
  if (third.kind === "perpNeg") {
    const { cond: empty, scale } = third;
    return perpNegGuider(denoise, { positive, negative, empty }, { cfg, scale });
  }
  const { cond: cond2, cfg2, nested } = third;
  return dualCfgGuider(denoise, { cond1: positive, cond2, negative }, { cfg1: cfg, cfg2, nested }, combine);
}
