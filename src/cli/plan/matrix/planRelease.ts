import type { Schedule, Use, WeightSpec } from "../../../memory/words.ts";
import { openFlux2 } from "../../../models/flux2/index.ts";
import type { PredictInput } from "../../../planner/predict.ts";
import { type CompiledPass, compilePass } from "../../../runtime/compilePass.ts";
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
  /** For a budget of device memory, in bytes: a run before the steps, and the steps. */
  input(vram: number): Omit<PredictInput, "policy">;
}

/** From shapes alone: stages, activations and operations of a step at `side` x `side` pixels, weights as large as the encoding makes them. */
export function planRelease(release: Flux2Release, encoding: MatrixEncoding, side: number, steps: number): ReleasePlan {
  const model = openFlux2(flux2Header(release));
  const forms = new Map(model.weights.map((weight) => [weight.name, residentForm(release.name, weight)]));
  const cells = side / CELL;
  const shape = { batch: 1, height: cells, width: cells, textTokens: TEXT_TOKENS, guidance: release.guidance };
  // As a sampler runs it: what times make of the layers for all steps at once, then the steps.
  const [times, compiled] = [model.modulation({ ...shape, batch: steps }), model.steps(shape)].map((pass) =>
    compilePass(pass, forms, false, {
      info: { alignment: ALIGNMENT },
      activationBytes: (program) => planActivations(program, { alignment: ALIGNMENT }).bytes,
    }),
  ) as [CompiledPass, CompiledPass];
  const ids = new Map(model.weights.map(({ name }, id) => [name, id]));
  const weights = model.weights.map(({ name, role, shape }): WeightSpec => {
    if (role !== "matrix") return { name, bytes: forms.get(name)!.bytes, fileBytes: forms.get(name)!.bytes };
    const sized = (bits: number): number => Math.ceil((elements(shape) * bits) / 8);
    const { bits, fileBits } = encoding;
    const bytes = sized(bits);
    return fileBits === undefined
      ? { name, bytes, fileBytes: bytes }
      : { name, bytes, fileBytes: sized(fileBits), recoded: true };
  });
  const usesOf = ({ programs, activationBytes }: CompiledPass): readonly Use[] =>
    programs.map((program, i) => ({
      stage: program.name,
      weights: program.weights.map((name) => ids.get(name)!),
      activationBytes: activationBytes[i]!,
      flops: program.flops,
    }));
  const beside = ({ activationBytes, carried }: CompiledPass): number => Math.max(...activationBytes) + carried.bytes;
  const run = (pass: CompiledPass, n: number) => ({
    schedule: {
      kind: "repeat",
      n,
      body: { kind: "sequence", items: usesOf(pass).map((use) => ({ kind: "use", use })) },
    } satisfies Schedule,
    reserved: beside(pass),
  });
  const uses = usesOf(compiled);
  const besideBytes = Math.max(beside(times), beside(compiled));
  return {
    modelBytes: weights.reduce((sum, { bytes }) => sum + bytes, 0),
    besideBytes,
    flops: uses.reduce((sum, { flops }) => sum + flops, 0),
    input: (vram) => ({
      device: { device: "cuda", alignment: ALIGNMENT, maxChunkBytes: Number.MAX_SAFE_INTEGER, discrete: true },
      budget: { vram, weights: vram },
      models: [{ id: release.name, weights }],
      runs: [run(times, 1), run(compiled, steps)],
    }),
  };
}
