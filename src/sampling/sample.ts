import { maskedGuider } from "./denoiseMask.ts";
import { differentialMask } from "./differentialMask.ts";
import type { Guider } from "./guiders.ts";
import type { ModelSampling } from "./modelSampling.ts";
import { defaultNoiseSampler } from "./noiseSampler.ts";
import type { Sampler, Step } from "./sampler.ts";
import { samplerByName } from "./samplers/index.ts";

export interface SampleRequest {
  /** ComfyUI's name of the sampler. */
  readonly sampler: string;
  /** Its loop with settings of its own. Default: as the name stands for it. */
  readonly method?: Sampler | undefined;
  readonly guider: Guider;
  readonly sampling: ModelSampling;
  /** Noise levels, falling. Fewer than two: nothing to do. */
  readonly sigmas: Float32Array;
  /** [batch, ...], all of one size. `latent` is as the model sees it. */
  readonly noise: Float32Array;
  readonly latent: Float32Array;
  /** 1 where the picture is made anew, 0 where it is kept; the latent's size. */
  readonly denoiseMask?: Float32Array | undefined;
  /** The mask opens as the run goes on (`differentialMask`), with this strength. */
  readonly differential?: number | undefined;
  /** Seeds the noise that some samplers add on the way. */
  readonly seed: bigint;
  readonly callback?: ((step: Step) => void) | undefined;
}

/**
 * From noise and a latent to the denoised latent: scales the noise in, runs the sampler, scales what is left of it out. Rejects with
 * UnknownName, BadSeed, NotANumber, or with whatever the guider rejects with (an interruption, a device error).
 */
export async function sample(request: SampleRequest): Promise<Float32Array> {
  const { sampling, latent, seed, callback } = request;
  const entry = samplerByName(request.sampler);
  if (request.sigmas.length < 2) return latent;
  const sigmas = request.sigmas.slice();

  let guide = request.guider;
  if (request.denoiseMask !== undefined) {
    const kept = entry.freshMaskNoise ? defaultNoiseSampler(seed, latent.length)(0, 0) : request.noise;
    const { denoiseMask: whole, differential } = request;
    const mask = differential === undefined ? whole : differentialMask(whole, differential, sampling, sigmas);
    guide = maskedGuider(guide, sampling, mask, kept, latent);
  }
  const x = startLatent(request);
  const denoise = async (v: Float32Array, sigma: number) => (await guide(v, sigma)).denoised;
  const run = request.method ?? entry.run;
  const result = await run({ x, sigmas, denoise, guide, sampling, seed, callback });
  return sampling.inverseNoiseScaling(sigmas[sigmas.length - 1]!, result);
}

/** The noisy latent that a run starts from. */
export function startLatent({
  sampling,
  sigmas,
  noise,
  latent,
}: Pick<SampleRequest, "sampling" | "sigmas" | "noise" | "latent">): Float32Array {
  const first = sigmas[0]!;
  const near = Math.abs(first - sampling.sigmaMax) <= 1e-5 * Math.max(first, sampling.sigmaMax);
  return sampling.noiseScaling(first, noise, latent, near || first > sampling.sigmaMax);
}
