import type { WeightSource } from "../../src/formats/weightSource.ts";
import { type Flux2Model, flux2Inputs } from "../../src/models/flux2/index.ts";
import { flux2Targets, type LoraModel, openLora } from "../../src/models/lora/index.ts";
import { type Adapters, withLora } from "../../src/nodes/loaders/adapters.ts";
import type { LoadedModel } from "../../src/runtime/runtime.ts";
import { linear } from "../../src/tensor/index.ts";
import type { PassDef } from "../../src/tensor/stage.ts";
import type { GoldenCase, GoldenTensor } from "./goldenCase.ts";
import { type GoldenDevice, runPass } from "./goldenDevice.ts";
import { floats, input } from "./params.ts";

/** Puts a LoRA file over what a transformer has already. */
export async function addLora(
  device: GoldenDevice,
  model: Flux2Model,
  before: Adapters | undefined,
  source: WeightSource,
  strength: number,
): Promise<{ readonly adapters: Adapters | undefined; readonly patches: number }> {
  const runtime = await device.runtime();
  const lora = runtime.load(await openLora(source)).model as LoraModel;
  const { adapters, fit } = withLora(runtime, model, flux2Targets(model), before, lora, strength);
  return { adapters, patches: fit.patches.length };
}

/** The case's forward pass. */
export async function forward(
  golden: GoldenCase,
  model: Flux2Model,
  loaded: LoadedModel,
  adapters: Adapters | undefined,
): Promise<GoldenTensor> {
  const [batch, channels, height, width] = input(golden, "x").shape as [number, number, number, number];
  const shape = { batch, height, width, textTokens: input(golden, "context").shape[1]! };
  const given = { x: floats(golden, "x"), sigma: floats(golden, "timestep"), context: floats(golden, "context") };
  const inputs = flux2Inputs(model.dims, shape, given);
  const got = await runPass(loaded, model.pass(shape), inputs, [], adapters?.companions);
  return { shape: [batch, channels, height, width], data: got["out"]! };
}

/** The first rows of the layer's weight as runs see it: what the layer makes of the identity. */
export async function effectiveRows(
  model: Flux2Model,
  loaded: LoadedModel,
  adapters: Adapters | undefined,
  weight: string,
  count: number,
): Promise<GoldenTensor> {
  const [rows, columns] = model.weights.find(({ name }) => name === weight)!.shape as [number, number];
  const pass: PassDef = {
    key: `rows of ${weight}`,
    carried: { x: { dtype: "f32", shape: [columns, columns] }, y: { dtype: "f32", shape: [columns, rows] } },
    inputs: ["x"],
    outputs: ["y"],
    stages: [{ name: "layer", build: (g) => g.write("y", linear(g.carried("x"), g.weight(weight))) }],
  };
  const identity = new Float32Array(columns * columns);
  for (let i = 0; i < columns; i++) identity[i * columns + i] = 1;
  const { y } = await runPass(loaded, pass, { x: identity }, [], adapters?.companions);
  const data = new Float32Array(count * columns);
  for (let r = 0; r < count; r++) for (let c = 0; c < columns; c++) data[r * columns + c] = y![c * rows + r]!;
  return { shape: [count, columns], data };
}
