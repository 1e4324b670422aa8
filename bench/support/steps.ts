import { openSafetensors } from "../../src/formats/safetensors.ts";
import { type Flux2Model, type Flux2Shape, flux2Inputs, openFlux2 } from "../../src/models/flux2/index.ts";
import type { LoadedModel, PassStats, Run, Runtime } from "../../src/runtime/runtime.ts";

/** A Flux 2 model on a runtime, ready to run the same step again and again. */
export interface Steps {
  readonly model: Flux2Model;
  readonly runtime: Runtime;
  readonly loaded: LoadedModel;
  /** One pass. Returns milliseconds. */
  step(): Promise<number>;
  /** What the last pass moved. */
  last(): PassStats;
  close(): Promise<void>;
}

/** Announces steps (without an end: as many as are asked for) at one shape, with inputs that depend on nothing. */
export async function steps(
  runtime: Runtime,
  file: string,
  shape: Flux2Shape,
  repeat: number | "unknown" = "unknown",
): Promise<Steps> {
  const model = openFlux2(await openSafetensors(file));
  const loaded = runtime.load(model);
  const run: Run = await loaded.begin([model.pass(shape)], { repeat });
  const values = sampleInputs(model, shape);
  return {
    model,
    runtime,
    loaded,
    async step() {
      const start = performance.now();
      const [outputs] = await run.pass([values]);
      const ms = performance.now() - start;
      if (!outputs!["out"]!.every(Number.isFinite)) throw new Error("a step of random weights is not finite");
      return ms;
    },
    last: () => runtime.stats().passes.at(-1)!,
    async close() {
      run.end();
      await runtime.close();
    },
  };
}

/** Inputs of a pass: waves, so that nothing is zero or huge. */
export function sampleInputs({ dims }: Flux2Model, shape: Flux2Shape) {
  const { batch, height, width, textTokens } = shape;
  const x = Float32Array.from({ length: batch * dims.channels * height * width }, (_, i) => Math.sin(i));
  const context = Float32Array.from({ length: batch * textTokens * dims.context }, (_, i) => Math.cos(i));
  return flux2Inputs(dims, shape, { x, context, sigma: [0.7] });
}
