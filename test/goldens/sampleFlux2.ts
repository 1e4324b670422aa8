import { type Flux2Model, flux2Inputs, padContext } from "../../src/models/flux2/index.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import { flux2Sampling } from "../../src/sampling/flowSampling.ts";
import { basicGuider, cfgGuider, type Denoiser } from "../../src/sampling/guiders.ts";
import { type SampleRequest, sample } from "../../src/sampling/sample.ts";

/** One conditioning: context [batch or 1, tokens, width] as the text encoder gave it. */
export interface Flux2Cond {
  readonly context: Float32Array;
  readonly guidance?: number;
  readonly references?: readonly { readonly height: number; readonly width: number; readonly data: Float32Array }[];
}

export interface Flux2Request
  extends Pick<SampleRequest, "sampler" | "sigmas" | "noise" | "latent" | "seed" | "callback"> {
  /** [batch, channels, height, width]. */
  readonly shape: readonly number[];
  readonly positive: Flux2Cond;
  readonly negative?: Flux2Cond;
  readonly cfg: number;
}

/** A whole sampling run of a Flux 2 transformer: announced once, all conds of a step in one pass. */
export async function sampleFlux2(
  model: Flux2Model,
  loaded: LoadedModel,
  request: Flux2Request,
): Promise<Float32Array> {
  const { shape, positive, negative, cfg } = request;
  const [batch, , height, width] = shape as [number, number, number, number];
  const guidesBoth = negative !== undefined && cfg !== 1;
  const prepared = (guidesBoth ? [positive, negative] : [positive]).map(({ context, guidance, references = [] }) => {
    const padded = padContext(context, 1, model.dims.context);
    const sizes = { batch, height, width, textTokens: padded.tokens, references, guidance: guidance !== undefined };
    const fixed = {
      context: padded.context,
      ...(guidance !== undefined && { guidance: [guidance] }),
      references: references.map(({ data }) => data),
    };
    return { sizes, fixed };
  });
  const sampling = flux2Sampling();
  const run = await loaded.begin(
    prepared.map(({ sizes }) => model.pass(sizes)),
    { repeat: request.sigmas.length - 1 },
  );
  type Prepared = (typeof prepared)[number];
  const denoiser: Denoiser<Prepared> = async (x, sigma, conds) => {
    const inputs = conds.map(({ sizes, fixed }) =>
      flux2Inputs(model.dims, sizes, { x, sigma: [sampling.timestep(sigma)], ...fixed }),
    );
    const outputs = await run.pass(inputs);
    return outputs.map(({ out }) => sampling.denoised(x, sigma, out!));
  };
  try {
    const [pos, neg] = prepared;
    const guider = neg ? cfgGuider(denoiser, pos!, neg, cfg) : basicGuider(denoiser, pos!);
    return await sample({ ...request, guider, sampling });
  } finally {
    run.end();
  }
}
