import { rm } from "node:fs/promises";
import path from "node:path";
import { openWeights } from "../../src/formats/openWeights.ts";
import type { QuantOptions } from "../../src/formats/quant/checkpoint/quantOptions.ts";
import { type Flux2Model, type Flux2Shape, openFlux2 } from "../../src/models/flux2/index.ts";
import type { RuntimeOptions } from "../../src/runtime/createRuntime.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import type { LoadedModel, Run, Runtime } from "../../src/runtime/runtime.ts";
import { type Interval, interval } from "../support/interval.ts";
import { ratios, rounds } from "../support/pairs.ts";
import { sampleInputs } from "../support/steps.ts";
import { writeFlux2 } from "../writeFlux2.ts";
import { FORMS, type Form, fileOf } from "./forms.ts";
import { writeVariant } from "./writeVariant.ts";

/** What a form takes of a device, at a size that is not the demo's. */
export interface StepForm {
  readonly form: Form;
  /** Of all weights as they are when resident: VRAM if all stays, and what a pass moves over the bus if nothing does. */
  readonly bytes: number;
  /** Of the file: what a pass reads if not even RAM keeps anything. */
  readonly fileBytes: number;
  /** A step over the step of bf16, all resident, in pairs. */
  readonly step: Interval;
  /** GB of the file a second, from the page cache through re-encoding into memory. */
  readonly loadGBs: number;
  /** Where `share` of the weights may be resident: bytes that a pass of the steady ones moves, and its time over bf16's all resident. */
  readonly streamed?: { readonly passBytes: number; readonly step: number };
}

/** What is measured, if not all forms, resident. */
export interface StepChoice {
  readonly forms?: readonly Form[];
  readonly share?: number;
}

/** Passes of a streamed run. */
const STREAMED = 5;

interface Sizes {
  readonly sizes: {
    readonly hidden: number;
    readonly double: number;
    readonly single: number;
    readonly context: number;
  };
  readonly shape: Flux2Shape;
}

/** Steps of a synthetic model in every form, in turn with those of its bf16 file. */
export async function stepForms(
  folder: string,
  { sizes, shape }: Sizes,
  count: number,
  open: (options?: Pick<RuntimeOptions, "vramWeights">) => Promise<Runtime>,
  say: (text: string) => void,
  { forms = FORMS, share }: StepChoice = {},
): Promise<StepForm[]> {
  const base = path.join(folder, "base.safetensors");
  await writeFlux2(base, sizes);
  const results: StepForm[] = [];
  for (const form of forms) {
    say(`step, ${form.label}`);
    const file = form.format === "bf16" ? base : path.join(folder, fileOf(form));
    if (form.format !== "bf16") await writeVariant(base, file, form.format, true);
    const runtime = await open();
    const { fp8 } = form;
    const quant = (): QuantOptions => ({ fp8, exact: false, ...(cast && { cast }) });
    const cast = { default: undefined, fp8_e4m3fn: "F8_E4M3", fp8_e5m2: "F8_E5M2" }[
      form.weightDtype
    ] as QuantOptions["cast"];
    const plain = runtime.load(openFlux2(await openWeights(base)));
    const own = form.label === "bf16" ? plain : runtime.load(openFlux2(await openWeights(file, quant())));
    const loads = (await first(own, shape)) / 1000;
    const timed = (loaded: LoadedModel) => async () => (await pass(loaded, shape, 1)).ms;
    const costs = await rounds(count, { plain: timed(plain), own: timed(own) }, 40, 3);
    const model = own.model as Flux2Model;
    const bytes = model.weights.reduce((sum, weight) => sum + residentForm(model.source.path, weight).bytes, 0);
    const fileBytes = model.weights.reduce((sum, { entry }) => sum + (entry.recoded?.bytes ?? entry.bytes), 0);
    // the first pass loads and computes: what it takes beyond a step is the load
    const load = Math.max(1e-9, loads - Math.min(...costs.own) / 1000);
    let streamed: StepForm["streamed"];
    await runtime.close();
    if (share !== undefined) {
      const small = await open({ vramWeights: { share } });
      const model = openFlux2(await openWeights(file, quant()));
      const run = await small.load(model).begin([model.pass(shape)], { repeat: STREAMED });
      const times: number[] = [];
      for (let n = 0; n < STREAMED; n++) times.push(await timePass(run, model, shape));
      run.end();
      const { movedBytes } = small.stats().passes.at(-1)!;
      // the first two load what stays
      const step = Math.min(...times.slice(2)) / Math.min(...costs.plain);
      streamed = { passBytes: movedBytes, step };
      await small.close();
    }
    results.push({
      form,
      bytes,
      fileBytes,
      step: interval(ratios(costs.own, costs.plain)),
      loadGBs: fileBytes / 1e9 / load,
      ...(streamed && { streamed }),
    });
    if (file !== base) await rm(file);
  }
  return results;
}

const first = async (loaded: LoadedModel, shape: Flux2Shape): Promise<number> => (await pass(loaded, shape, 1)).ms;

async function pass(loaded: LoadedModel, shape: Flux2Shape, repeat: number): Promise<{ readonly ms: number }> {
  const model = loaded.model as Flux2Model;
  const run = await loaded.begin([model.pass(shape)], { repeat });
  const ms = await timePass(run, model, shape);
  run.end();
  return { ms };
}

async function timePass(run: Run, model: Flux2Model, shape: Flux2Shape): Promise<number> {
  const inputs = sampleInputs(model, shape);
  const start = performance.now();
  const [out] = await run.pass([inputs]);
  const ms = performance.now() - start;
  if (!out!["out"]!.every(Number.isFinite)) throw new Error("a step of random weights is not finite");
  return ms;
}
