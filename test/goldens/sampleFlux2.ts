import type { Flux2Model } from "../../src/models/flux2/index.ts";
import type { Adapters } from "../../src/nodes/loaders/adapters.ts";
import { flux2Denoiser } from "../../src/nodes/sampling/flux2Denoiser.ts";
import { modelSigmas } from "../../src/nodes/sampling/modelSigmas.ts";
import type { Conditioning, Latent } from "../../src/nodes/values.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import { flux2Sampling } from "../../src/sampling/flowSampling.ts";
import { basicGuider, cfgGuider } from "../../src/sampling/guiders.ts";
import { type SampleRequest, sample } from "../../src/sampling/sample.ts";

/** Pixels on a side of a latent cell. */
export const CELL = 16;

export interface Flux2Request
  extends Pick<SampleRequest, "sampler" | "sigmas" | "noise" | "latent" | "seed" | "callback"> {
  /** [batch, channels, height, width]. */
  readonly shape: readonly number[];
  /** Contexts [1, tokens, width], as the text encoder gave them. */
  readonly positive: Float32Array;
  readonly negative?: Float32Array | undefined;
  readonly cfg: number;
  readonly guidance?: number | undefined;
  /** What the picture may look at. */
  readonly references?: readonly Latent[];
  /** LoRAs on the transformer. */
  readonly adapters?: Adapters | undefined;
}

/** A whole sampling run of a Flux 2 transformer, by what the sampler nodes use. */
export async function sampleFlux2(
  network: Flux2Model,
  loaded: LoadedModel,
  request: Flux2Request,
): Promise<Float32Array> {
  const { shape, cfg, guidance, references = [] } = request;
  const [batch, channels, height, width] = shape as [number, number, number, number];
  const sampling = flux2Sampling();
  const size = { batch, channels, height, width, samples: request.latent };
  const levels = await modelSigmas({ ...request, sampling });
  const { adapters } = request;
  const latent = { channels, cell: CELL };
  const model = { file: "the case's model", network, loaded, sampling, latent, ...(adapters && { adapters }) };
  const cond = (context: Float32Array): Conditioning => [
    {
      context,
      tokens: context.length / network.dims.context,
      width: network.dims.context,
      ...(guidance !== undefined && { guidance }),
      references,
    },
  ];
  const positive = cond(request.positive);
  const negative = request.negative && cond(request.negative);
  const guiding = negative === undefined ? [positive] : [positive, negative];
  const denoiser = flux2Denoiser(model, size, guiding, levels, new AbortController().signal);
  const guider = negative
    ? cfgGuider(denoiser.denoise, positive, negative, cfg)
    : basicGuider(denoiser.denoise, positive);
  try {
    return await sample({ ...request, guider, sampling });
  } finally {
    denoiser.end();
  }
}
