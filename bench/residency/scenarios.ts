import { matrixEncodings } from "../../src/cli/plan/matrix/encodings.ts";
import { FLUX2_DEV, type Flux2Release, KLEIN_4B, KLEIN_9B } from "../../src/cli/plan/matrix/flux2Header.ts";
import { planRelease } from "../../src/cli/plan/matrix/planRelease.ts";
import type { Schedule, Use, WeightSpec } from "../../src/memory/words.ts";
import type { PredictInput } from "../../src/planner/predict.ts";

/** What is simulated: models and what is announced, for any budget of weights. */
export interface Scenario {
  readonly name: string;
  /** Bytes of the largest run's weights: what budgets are a share of. */
  readonly modelBytes: number;
  readonly largestWeight: number;
  /** Runs to compare: the passes after the first of each run with more than one. */
  input(budget: number): Omit<PredictInput, "policy">;
}

const STEPS = 6;
const SIDE = 1024;
/** Far more than any model: the ceiling on weights alone is what is varied. */
const PLENTY = 2 ** 50;

function scenario(name: string, base: Omit<PredictInput, "policy">): Scenario {
  const weights = base.models.flatMap((model) => model.weights);
  const runs = base.runs.map(({ schedule }) => {
    const ids = new Set<number>();
    const visit = (part: Schedule): void => {
      if (part.kind === "use") for (const id of part.use.weights) ids.add(id);
      else if (part.kind === "sequence") part.items.forEach(visit);
      else visit(part.body);
    };
    visit(schedule);
    return [...ids].reduce((sum, id) => sum + weights[id]!.bytes, 0);
  });
  return {
    name,
    modelBytes: Math.max(...runs),
    largestWeight: Math.max(...weights.map(({ bytes }) => bytes)),
    input: (budget) => ({ ...base, budget: { vram: PLENTY, weights: budget } }),
  };
}

const release = (given: Flux2Release): Scenario =>
  scenario(given.name, planRelease(given, matrixEncodings[0]!, SIDE, STEPS).input(PLENTY));

/**
 * A UNet of SDXL's kind as residency sees it: levels of 320, 640 and 1280 channels with 0, 2 and 10 transformer blocks a layer, many small
 * stages, most bytes in the middle. Channel counts follow the published ones; small layers are left out. Operations go with bytes and pixels.
 */
function sdxlLike(): Scenario {
  const weights: WeightSpec[] = [];
  const uses: Use[] = [];
  const stage = (name: string, pixels: number, ...values: number[]): void => {
    const ids = values.map(
      (count) => weights.push({ name: `${name}.${weights.length}`, bytes: 2 * count, fileBytes: 2 * count }) - 1,
    );
    const flops = 2 * pixels * values.reduce((a, b) => a + b, 0);
    uses.push({ stage: name, weights: ids, activationBytes: 0, flops });
  };
  const res = (name: string, pixels: number, from: number, to: number): void =>
    stage(name, pixels, 9 * from * to, 9 * to * to, 1280 * to, ...(from === to ? [] : [from * to]));
  const block = (name: string, pixels: number, c: number): void =>
    stage(name, pixels, 3 * c * c, c * c, c * c, 2 * 2048 * c, c * c, 8 * c * c, 4 * c * c);
  const level = (name: string, side: number, from: number, to: number, blocks: number, n: number): void => {
    for (let i = 0; i < n; i++) {
      res(`${name}.${i}.res`, side * side, i === 0 ? from : to, to);
      for (let b = 0; b < blocks; b++) block(`${name}.${i}.block.${b}`, side * side, to);
    }
  };
  level("input.0", 128, 320, 320, 0, 2);
  level("input.1", 64, 320, 640, 2, 2);
  level("input.2", 32, 640, 1280, 10, 2);
  level("middle", 32, 1280, 1280, 10, 1);
  level("output.0", 32, 2560, 1280, 10, 3);
  level("output.1", 64, 1920, 640, 2, 3);
  level("output.2", 128, 960, 320, 0, 3);
  const body: Schedule = { kind: "sequence", items: uses.map((use) => ({ kind: "use", use })) };
  return scenario("SDXL-like UNet", {
    device: { device: "simulated", alignment: 128, maxChunkBytes: Number.MAX_SAFE_INTEGER },
    budget: { vram: PLENTY, weights: PLENTY },
    models: [{ id: "unet", weights }],
    runs: [{ schedule: { kind: "repeat", n: STEPS, body }, reserved: 0 }],
  });
}

/** A workflow of four models, twice: a text encoder (here: klein 4B's shapes once), two transformers with steps, and a small one at the end. */
function chain(): Scenario {
  const parts = [
    { release: KLEIN_4B, passes: 1 },
    { release: KLEIN_9B, passes: STEPS },
    { release: KLEIN_4B, passes: STEPS },
    { release: { ...KLEIN_4B, name: "small", double: 1, single: 4 }, passes: 1 },
  ];
  const models: { id: string; weights: readonly WeightSpec[] }[] = [];
  const runs: { schedule: Schedule; reserved: number }[] = [];
  let first = 0;
  for (const [i, { release, passes }] of parts.entries()) {
    const { models: own, runs: ownRuns } = planRelease(release, matrixEncodings[0]!, SIDE, passes).input(PLENTY);
    models.push({ id: `${i}`, weights: own[0]!.weights });
    for (const { schedule } of ownRuns) runs.push({ schedule: moved(schedule, first), reserved: 0 });
    first += own[0]!.weights.length;
  }
  return scenario("chain of four models, twice", {
    device: { device: "simulated", alignment: 128, maxChunkBytes: Number.MAX_SAFE_INTEGER },
    budget: { vram: PLENTY, weights: PLENTY },
    models,
    runs: [...runs, ...runs],
  });
}

/** A schedule over the same weights, numbered from `first`. */
function moved(part: Schedule, first: number): Schedule {
  if (part.kind === "use")
    return { kind: "use", use: { ...part.use, weights: part.use.weights.map((id) => id + first) } };
  if (part.kind === "sequence") return { kind: "sequence", items: part.items.map((item) => moved(item, first)) };
  return { ...part, body: moved(part.body, first) };
}

/** In the order of the table. */
export const scenarios: readonly { readonly file: string; readonly make: () => Scenario }[] = [
  { file: "flux2-dev", make: () => release(FLUX2_DEV) },
  { file: "klein-9b", make: () => release(KLEIN_9B) },
  { file: "klein-4b", make: () => release(KLEIN_4B) },
  { file: "sdxl-like", make: sdxlLike },
  { file: "chain", make: chain },
];
