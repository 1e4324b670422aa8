import type { Schedule, Use, WeightSpec } from "../../../memory/words.ts";
import { openFlux2 } from "../../../models/flux2/index.ts";
import type { PredictInput } from "../../../planner/predict.ts";
import { compilePass } from "../../../runtime/compilePass.ts";
import { residentForm } from "../../../runtime/residentForm.ts";
import { elements } from "../../../tensor/dtype.ts";
import { planActivations } from "../../../tensor/planActivations.ts";
import type { MatrixEncoding } from "./encodings.ts";
import { type Flux2Release, flux2Header } from "./flux2Header.ts";

/** CUDA's. */
const ALIGNMENT = 128;
const TEXT_TOKENS = 512;
/** Pixels on a side of a latent cell. */
const CELL = 16;

/** A transformer's part of a workflow: so many passes over one picture. */
export interface ReleasePlan {
  readonly modelBytes: number;
  readonly besideBytes: number;
  readonly flops: number;
  /** For a budget of device memory, in bytes. */
  input(vram: number): Omit<PredictInput, "policy">;
}

/** From shapes alone: stages, activations and operations of a pass at `side` x `side` pixels, weights as large as the encoding makes them. */
export function planRelease(release: Flux2Release, encoding: MatrixEncoding, side: number, steps: number): ReleasePlan {
  const model = openFlux2(flux2Header(release));
  const forms = new Map(model.weights.map((weight) => [weight.name, residentForm(release.name, weight)]));
  const cells = side / CELL;
  const pass = model.pass({
    batch: 1,
    height: cells,
    width: cells,
    textTokens: TEXT_TOKENS,
    guidance: release.guidance,
  });
  const compiled = compilePass(pass, forms, false, {
    info: { alignment: ALIGNMENT },
    activationBytes: (program) => planActivations(program, { alignment: ALIGNMENT }).bytes,
  });
  const ids = new Map(model.weights.map(({ name }, id) => [name, id]));
  const weights = model.weights.map(({ name, role, shape }): WeightSpec => {
    const bytes = role === "matrix" ? Math.ceil((elements(shape) * encoding.bits) / 8) : forms.get(name)!.bytes;
    return { name, bytes, fileBytes: bytes };
  });
  const uses = compiled.programs.map(
    (program, i): Use => ({
      stage: program.name,
      weights: program.weights.map((name) => ids.get(name)!),
      activationBytes: compiled.activationBytes[i]!,
      flops: program.flops,
    }),
  );
  const schedule: Schedule = {
    kind: "repeat",
    n: steps,
    body: { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) },
  };
  const besideBytes = Math.max(...compiled.activationBytes) + compiled.carried.bytes;
  return {
    modelBytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
    besideBytes,
    flops: uses.reduce((sum, { flops }) => sum + flops, 0),
    input: (vram) => ({
      device: { device: "cuda", alignment: ALIGNMENT, maxChunkBytes: Number.MAX_SAFE_INTEGER, discrete: true },
      budget: { vram, weights: vram },
      models: [{ id: release.name, weights }],
      runs: [{ schedule, reserved: besideBytes }],
    }),
  };
}
