import { type Flux2Shape, flux2Inputs, padContext } from "../../models/flux2/index.ts";
import type { Run } from "../../runtime/runtime.ts";
import type { Denoiser } from "../../sampling/guiders.ts";
import { NodeInputError } from "../errors.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import type { Conditioning, DiffusionModel, Latent } from "../values.ts";

/** A conditioning that does not say how strongly to follow it. */
const GUIDANCE = 3.5;

/** A Denoiser, and the way to give back what it holds. */
export interface OpenDenoiser {
  readonly denoise: Denoiser<Conditioning>;
  end(): void;
}

interface Prepared {
  readonly shape: Flux2Shape;
  readonly context: Float32Array;
  readonly guidance: number;
  readonly references: readonly Float32Array[];
}

/**
 * Flux 2 as the samplers see it. All entries of all conditionings are inputs of one pass, so a block of the model moves once a step. The
 * run is announced at the first call, `repeat` passes long, and again only if other conditionings come.
 */
export function flux2Denoiser(
  model: DiffusionModel,
  latent: Latent,
  repeat: number | "unknown",
  signal: AbortSignal,
): OpenDenoiser {
  const { network, loaded, sampling } = model;
  const { dims } = network;
  const { batch, height, width } = latent;
  const prepared = new Map<Conditioning, readonly Prepared[]>();
  const prepare = (cond: Conditioning): readonly Prepared[] => {
    const known = prepared.get(cond);
    if (known !== undefined) return known;
    const made = cond.map((entry) => {
      if (entry.width !== dims.context) {
        throw new NodeInputError(
          `the text's context is ${entry.width} wide, ${model.file} takes ${dims.context}: text encoder and model do not belong together`,
        );
      }
      const { context, tokens } = padContext(entry.context, 1, entry.width);
      const references = (entry.references ?? []).map((given) => {
        const fitted = fitLatent(given, model.latent);
        if (fitted === null) throw wrongLatent(given, model.file, model.latent);
        return fitted;
      });
      const shape: Flux2Shape = {
        batch,
        height,
        width,
        textTokens: tokens,
        guidance: dims.guidance,
        references: references.map(({ height, width }) => ({ height, width })),
        ...(entry.referenceMethod && { referenceMethod: entry.referenceMethod }),
      };
      return {
        shape,
        context,
        guidance: entry.guidance ?? GUIDANCE,
        references: references.map((reference) => inTurn(reference, batch)),
      };
    });
    prepared.set(cond, made);
    return made;
  };

  let run: Run | undefined;
  let announced: readonly Conditioning[] = [];
  return {
    async denoise(x, sigma, conds) {
      const entries = conds.map(prepare);
      const all = entries.flat();
      if (run === undefined || conds.length !== announced.length || conds.some((cond, i) => cond !== announced[i])) {
        run?.end();
        run = undefined;
        run = await loaded.begin(
          all.map(({ shape }) => network.pass(shape)),
          { repeat, signal },
        );
        announced = conds;
      }
      const input = sampling.input(x, sigma);
      const time = [sampling.timestep(sigma)];
      const outputs = await run.pass(
        all.map(({ shape, context, guidance, references }) =>
          flux2Inputs(dims, shape, { x: input, sigma: time, context, guidance: [guidance], references }),
        ),
      );
      const predicted = outputs.map((output) => sampling.denoised(x, sigma, output["out"]!));
      let first = 0;
      return entries.map(({ length }) => mean(predicted.slice(first, (first += length))));
    },
    end: () => run?.end(),
  };
}

/** A reference for each picture of the batch: its own pictures in turn, those beyond the batch left out. */
function inTurn({ samples, batch }: Latent, wanted: number): Float32Array {
  const each = samples.length / batch;
  const all = new Float32Array(wanted * each);
  for (let n = 0; n < wanted; n++) all.set(samples.subarray((n % batch) * each, ((n % batch) + 1) * each), n * each);
  return all;
}

/** Entries of one conditioning have equal weight. */
function mean(predictions: readonly Float32Array[]): Float32Array {
  const [only] = predictions;
  if (only === undefined) throw new NodeInputError("a conditioning without entries guides nothing");
  if (predictions.length === 1) return only;
  return only.map((_, i) => predictions.reduce((sum, prediction) => sum + prediction[i]!, 0) / predictions.length);
}
