import { flux2Inputs, padContext } from "../../src/models/flux2/index.ts";
import type { OpenDenoiser } from "../../src/nodes/sampling/flux2Denoiser.ts";
import type { DiffusionModel, Latent } from "../../src/nodes/values.ts";
import type { Run } from "../../src/runtime/runtime.ts";

/** A latent that the picture may look at: [1, channels, height, width]. */
export interface Reference {
  readonly height: number;
  readonly width: number;
  readonly data: Float32Array;
}

/** What the conditioning gets that does not say how strongly to follow it. */
const GUIDANCE = 3.5;

/** Flux 2 with reference latents, for one conditioning of one entry: no node gives references yet, the model takes them. */
export function referenceDenoiser(
  { network, loaded, sampling }: DiffusionModel,
  { batch, height, width }: Latent,
  references: readonly Reference[],
): OpenDenoiser {
  let run: Run | undefined;
  return {
    async denoise(x, sigma, conds) {
      const entry = conds[0]?.[0];
      if (entry === undefined || conds.length > 1) throw new Error("one conditioning with references, no negative");
      const { context, tokens } = padContext(entry.context, 1, entry.width);
      const shape = { batch, height, width, textTokens: tokens, references, guidance: network.dims.guidance };
      run ??= await loaded.begin([network.pass(shape)], { repeat: "unknown" });
      const inputs = flux2Inputs(network.dims, shape, {
        x,
        sigma: [sampling.timestep(sigma)],
        context,
        guidance: [entry.guidance ?? GUIDANCE],
        references: references.map(({ data }) => data),
      });
      const [output] = await run.pass([inputs]);
      return [sampling.denoised(x, sigma, output!["out"]!)];
    },
    end: () => run?.end(),
  };
}
