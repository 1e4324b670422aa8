import { fitMask } from "../../image/inpaintMask.ts";
import { type Flux2Shape, padContext } from "../../models/flux2/index.ts";
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
import type { Conditioning, ConditioningEntry, CondScope, DiffusionModel, Latent } from "../values.ts";
import { Flux2Runs, type Shown } from "./flux2Runs.ts";
import { keeping } from "./keptReferences.ts";

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
interface Prepared extends Shown {
  readonly region: CondRegion;
  readonly area: Area;
  readonly weights: Float32Array;
}

/**
 * Flux 2 as the samplers see it, for the conditionings of one guider. All entries of all conditionings that count at a step are inputs of
 * one pass, so a block of the model moves once a step; an entry with an area is shown that part of the latent alone. `levels`: the noise
 * levels at which the sampler will ask, in order (`modelSigmas`): what is announced.
 */
export function flux2Denoiser(
  model: DiffusionModel,
  latent: Latent,
  guiding: readonly Conditioning[],
  levels: readonly number[] | "unknown",
  signal: AbortSignal,
): OpenDenoiser {
  const { network, sampling } = model;
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
    const method = told.entry.referenceMethod ?? (model.keepReferences ? "index_timestep_zero" : undefined);
    const shape: Flux2Shape = {
      batch,
      height: area.height,
      width: area.width,
      textTokens: told.tokens,
      guidance: dims.guidance && told.entry.guidance !== null,
      references: told.references.map(({ height, width }) => ({ height, width })),
      ...(method && { referenceMethod: method }),
    };
    const shown: Shown = {
      shape,
      context: told.context,
      guidance: told.entry.guidance ?? GUIDANCE,
      references: told.references.map((reference) => inTurn(reference, batch)),
    };
    return {
      region,
      area,
      weights: areaWeights(region, size, area),
      ...shown,
      ...(model.keepReferences && shown.references.length > 0 && { keeping: keeping(shown) }),
    };
  }

  const runs = new Flux2Runs(model, levels, signal);
  return {
    async denoise(x, sigma, conds) {
      const shownAt = (level: number) =>
        conds.map((cond) => prepared.get(cond)!.filter(({ region }) => activeAt(region, level)));
      const entries = shownAt(sigma);
      const all = entries.flat();
      const parts = all.map(({ area }) => takeArea(x, size, area));
      const outputs = await runs.pass(
        sigma,
        (level) => shownAt(level).flat(),
        parts.map((part) => sampling.input(part, sigma)),
      );
      if (all.length === 0) return conds.map(() => new Float32Array(x.length));
      const predicted = outputs.map((output, i) => ({
        prediction: sampling.denoised(parts[i]!, sigma, output),
        ...all[i]!,
      }));
      let first = 0;
      return entries.map(({ length }) => mixPredictions(predicted.slice(first, (first += length)), size));
    },
    end: () => runs.end(),
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
