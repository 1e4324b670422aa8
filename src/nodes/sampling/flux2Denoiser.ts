import { fitMask } from "../../image/inpaintMask.ts";
import { type Flux2Shape, flux2Inputs, padContext } from "../../models/flux2/index.ts";
import type { Run } from "../../runtime/runtime.ts";
import { areaInside, type LatentShape, takeArea } from "../../sampling/conds/areas.ts";
import { areaWeights } from "../../sampling/conds/areaWeights.ts";
import { type Area, activeAt, type CondRegion } from "../../sampling/conds/condRegion.ts";
import { mixPredictions } from "../../sampling/conds/mixPredictions.ts";
import { resolveRegion } from "../../sampling/conds/resolveRegion.ts";
import { type Scoped, shareAreas } from "../../sampling/conds/shareAreas.ts";
import type { Denoiser } from "../../sampling/guiders.ts";
import type { ModelSampling } from "../../sampling/modelSampling.ts";
import { NodeInputError } from "../errors.ts";
import { fitLatent } from "../latent/emptyLatent.ts";
import { wrongLatent } from "../latent/wrongLatent.ts";
import { toldOf } from "../loaders/adapters.ts";
import type { Conditioning, ConditioningEntry, CondScope, DiffusionModel, Latent } from "../values.ts";

/** A conditioning that does not say how strongly to follow it. */
const GUIDANCE = 3.5;

/** A Denoiser, and the way to give back what it holds. */
export interface OpenDenoiser {
  readonly denoise: Denoiser<Conditioning>;
  end(): void;
}

/** What the model is told by an entry. */
interface Told {
  readonly entry: ConditioningEntry;
  readonly context: Float32Array;
  readonly tokens: number;
  readonly references: readonly Latent[];
}

/** An entry where and when it counts. */
interface Prepared {
  readonly region: CondRegion;
  readonly area: Area;
  readonly weights: Float32Array;
  readonly shape: Flux2Shape;
  readonly context: Float32Array;
  readonly guidance: number;
  readonly references: readonly Float32Array[];
}

/**
 * Flux 2 as the samplers see it, for the conditionings of one guider. All entries of all conditionings that count at a step are inputs of
 * one pass, so a block of the model moves once a step; an entry with an area is shown that part of the latent alone. The run is announced
 * at the first call, `repeat` passes long, and again only if other entries come.
 */
export function flux2Denoiser(
  model: DiffusionModel,
  latent: Latent,
  guiding: readonly Conditioning[],
  repeat: number | "unknown",
  signal: AbortSignal,
): OpenDenoiser {
  const { network, loaded, sampling } = model;
  const { dims } = network;
  const { batch, channels, height, width } = latent;
  const size: LatentShape = [batch, channels, height, width];

  const scoped = shareAreas(
    guiding.map((cond) => {
      if (cond.length === 0) throw new NodeInputError("a conditioning without entries guides nothing");
      return cond.map((entry) => ({ region: regionOf(entry.scope, latent, sampling), told: tell(entry, model) }));
    }),
  );
  const prepared = new Map(guiding.map((cond, i) => [cond, scoped[i]!.map((entry) => prepare(entry))]));
  function prepare({ region, told }: Scoped<Told>): Prepared {
    const area = areaInside(region, size);
    const shape: Flux2Shape = {
      batch,
      height: area.height,
      width: area.width,
      textTokens: told.tokens,
      guidance: dims.guidance && told.entry.guidance !== null,
      references: told.references.map(({ height, width }) => ({ height, width })),
      ...(told.entry.referenceMethod && { referenceMethod: told.entry.referenceMethod }),
    };
    return {
      region,
      area,
      weights: areaWeights(region, size, area),
      shape,
      context: told.context,
      guidance: told.entry.guidance ?? GUIDANCE,
      references: told.references.map((reference) => inTurn(reference, batch)),
    };
  }
  const always = [...prepared.values()]
    .flat()
    .every(
      ({ region }) => region.firstSigma === Number.POSITIVE_INFINITY && region.lastSigma === Number.NEGATIVE_INFINITY,
    );

  let run: Run | undefined;
  let announced: readonly Prepared[] = [];
  return {
    async denoise(x, sigma, conds) {
      const entries = conds.map((cond) => prepared.get(cond)!.filter(({ region }) => activeAt(region, sigma)));
      const all = entries.flat();
      const zeros = () => new Float32Array(x.length);
      if (all.length === 0) return conds.map(zeros);
      if (run === undefined || all.length !== announced.length || all.some((entry, i) => entry !== announced[i])) {
        run?.end();
        run = undefined;
        run = await loaded.begin(
          all.map(({ shape }) => network.pass(shape)),
          { repeat: always ? repeat : "unknown", signal, ...toldOf(model.adapters) },
        );
        announced = all;
      }
      const time = [sampling.timestep(sigma)];
      const parts = all.map(({ area }) => takeArea(x, size, area));
      const outputs = await run.pass(
        all.map(({ shape, context, guidance, references }, i) => {
          const seen = sampling.input(parts[i]!, sigma);
          return flux2Inputs(dims, shape, { x: seen, sigma: time, context, guidance: [guidance], references });
        }),
      );
      const predicted = outputs.map((output, i) => ({
        prediction: sampling.denoised(parts[i]!, sigma, output["out"]!),
        ...all[i]!,
      }));
      let first = 0;
      return entries.map(({ length }) => mixPredictions(predicted.slice(first, (first += length)), size));
    },
    end: () => run?.end(),
  };
}

/** Throws NodeInputError where text or references belong to another model. */
function tell(entry: ConditioningEntry, model: DiffusionModel): Told {
  const wanted = model.network.dims.context;
  if (entry.width !== wanted) {
    throw new NodeInputError(
      `the text's context is ${entry.width} wide, ${model.file} takes ${wanted}: text encoder and model do not belong together`,
    );
  }
  const references = (entry.references ?? []).map((given) => {
    const fitted = fitLatent(given, model.latent);
    if (fitted === null) throw wrongLatent(given, model.file, model.latent);
    return fitted;
  });
  return { entry, ...padContext(entry.context, 1, entry.width), references };
}

/** A scope in this latent: its mask takes the latent's size. */
function regionOf(scope: CondScope = {}, latent: Latent, sampling: ModelSampling): CondRegion {
  const { mask, ...rest } = scope;
  return resolveRegion(mask === undefined ? rest : { ...rest, mask: fitMask(mask, latent) }, latent, sampling);
}

/** A reference for each picture of the batch: its own pictures in turn, those beyond the batch left out. */
function inTurn({ samples, batch }: Latent, wanted: number): Float32Array {
  const each = samples.length / batch;
  const all = new Float32Array(wanted * each);
  for (let n = 0; n < wanted; n++) all.set(samples.subarray((n % batch) * each, ((n % batch) + 1) * each), n * each);
  return all;
}
