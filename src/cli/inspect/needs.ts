import { spreadPins } from "../../memory/spreadPins.ts";
import type { Schedule } from "../../memory/words.ts";
import { predict } from "../../planner/predict.ts";
import { compilePass } from "../../runtime/compilePass.ts";
import { residentForm } from "../../runtime/residentForm.ts";
import { planActivations } from "../../tensor/planActivations.ts";
import type { Opened } from "./openModel.ts";

/** The CPU's; other devices round each weight to a little more. */
const ALIGNMENT = 32;
/** Nothing that a run of today needs is larger. */
const ENOUGH = Number.MAX_SAFE_INTEGER;

/** What a forward pass needs, from the header alone. All bytes. */
export interface Needs {
  readonly stages: readonly {
    readonly name: string;
    readonly weights: number;
    readonly bytes: number;
    readonly activationBytes: number;
  }[];
  /** All weights of the pass as they are when resident. */
  readonly residentBytes: number;
  /** The smallest `--vram-weights` with which it runs. */
  readonly vramWeights: number;
  /** The smallest `--vram`: about, since a device adds work memory of its own. */
  readonly vram: number;
  /** Beside weights: activations of the largest stage, and what stages hand on. */
  readonly activationBytes: number;
}

/**
 * The residency core's own answer: the pass is announced to a planner with no room at all, which says the least that does.
 * Throws UnsupportedEncodingError for weights that are not computed with.
 */
export async function needsOf({ model, pass }: Opened): Promise<Needs> {
  const forms = new Map(model.weights.map((weight) => [weight.name, residentForm(model.source.path, weight)]));
  const compiled = compilePass(pass, forms, false, {
    activationBytes: (program) => planActivations(program, { alignment: ALIGNMENT }).bytes,
    info: { alignment: ALIGNMENT },
  });
  const ids = new Map(model.weights.map(({ name }, id) => [name, id]));
  const stages = compiled.programs.map((program, i) => ({
    name: program.name,
    weights: program.weights.length,
    bytes: program.weights.reduce((sum, name) => sum + forms.get(name)!.bytes, 0),
    activationBytes: compiled.activationBytes[i]!,
  }));
  const activationBytes = Math.max(...compiled.activationBytes) + compiled.carried.bytes;
  const items = compiled.programs.map(
    (program, i): Schedule => ({
      kind: "use",
      use: {
        stage: program.name,
        weights: program.weights.map((name) => ids.get(name)!),
        activationBytes: compiled.activationBytes[i]!,
        flops: program.flops,
      },
    }),
  );
  const schedule: Schedule = { kind: "repeat", n: "unknown", body: { kind: "sequence", items } };
  const least = async (budget: { readonly vram: number; readonly weights: number }): Promise<number> => {
    const { doesNotFit } = await predict({
      device: { device: "cpu", alignment: ALIGNMENT, maxChunkBytes: ENOUGH },
      policy: spreadPins,
      budget,
      models: [
        {
          id: "model",
          weights: model.weights.map(({ name, entry }) => ({
            name,
            bytes: forms.get(name)!.bytes,
            fileBytes: entry.recoded?.bytes ?? entry.bytes,
          })),
        },
      ],
      runs: [{ schedule, reserved: activationBytes, uses: 0 }],
    });
    return doesNotFit?.needed ?? 0;
  };
  const used = new Set(compiled.programs.flatMap((program) => program.weights));
  return {
    stages,
    residentBytes: [...used].reduce((sum, name) => sum + forms.get(name)!.bytes, 0),
    vramWeights: await least({ vram: ENOUGH, weights: 1 }),
    vram: await least({ vram: 1, weights: ENOUGH }),
    activationBytes,
  };
}
