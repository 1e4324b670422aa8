import { openWeights } from "../../../src/formats/openWeights.ts";
import { layerRows } from "../../../src/formats/quant/checkpoint/layerRows.ts";
import { DEFAULT_QUANT } from "../../../src/formats/quant/checkpoint/quantOptions.ts";
import { readFloat32 } from "../../../src/formats/readFloat32.ts";
import type { TensorEntry, WeightSource } from "../../../src/formats/weightSource.ts";
import { Declarations } from "../../../src/models/declarations.ts";
import type { Model } from "../../../src/models/model.ts";
import { add, linear, silu, type Tensor } from "../../../src/tensor/index.ts";
import type { PassDef } from "../../../src/tensor/stage.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type GoldenDevice, runPass } from "../goldenDevice.ts";
import type { KindRunner, Outputs } from "../kindRunner.ts";
import { floats, input, param } from "../params.ts";

/** ComfyUI's other path rounds the layer's input too. Weir computes with inputs as they are, with ggml's own rounding where `--native`. */
const ROUNDED = "inputs are not rounded as ComfyUI rounds them: the unrounded result is the one that is computed";

interface Layer {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
}

/** Quantised layers of a file as users have it: the weights as layers compute with them, and the products. */
export const quantCheckpoint: KindRunner = {
  kind: "quant.checkpoint",
  onDevice: true,
  async run(golden, device) {
    const rounded = [...golden.outputs.keys()].filter((name) => name.endsWith("quantized_input"));
    const notComputed = Object.fromEntries(rounded.map((name) => [name, ROUNDED]));
    const { layer } = golden.params;
    if (typeof layer === "string") {
      const rows = param(golden, "out_features", "number");
      const columns = param(golden, "in_features", "number");
      const got = await layers(golden, device, [{ name: layer, rows, columns }], (name, x) => [name(layer, x)]);
      const [y] = got.outputs;
      return { values: { "out.weight": got.weights.get(layer)!, "out.full_precision": y! }, notComputed };
    }
    const shapes = ["a", "b"].map((name) => {
      const [rows, columns] = golden.outputs.get(`out.weight.${name}`)!.shape as [number, number];
      return { name, rows, columns };
    });
    const got = await layers(golden, device, shapes, (of, x) => {
      const a = of("a", x);
      return [a, of("b", a)];
    });
    const [a, b] = got.outputs;
    const weights = { "out.weight.a": got.weights.get("a")!, "out.weight.b": got.weights.get("b")! };
    return { values: { ...weights, "out.a": a!, "out.b": b! }, notComputed };
  },
};

/** optimum-quanto's layers: a little network of two. */
export const quantQuanto: KindRunner = {
  kind: "quant.quanto",
  onDevice: true,
  async run(golden, device): Promise<Outputs> {
    const shapes = ["0", "2"].map((name) => {
      const [rows, columns] = golden.outputs.get(`out.${name}.weight`)!.shape as [number, number];
      return { name, rows, columns };
    });
    const got = await layers(golden, device, shapes, (of, x) => [of("2", silu(of("0", x)))]);
    return {
      values: {
        "out.0.weight": got.weights.get("0")!,
        "out.2.weight": got.weights.get("2")!,
        "out.y": got.outputs[0]!,
      },
    };
  },
};

async function layers(
  golden: GoldenCase,
  device: GoldenDevice,
  shapes: readonly Layer[],
  network: (layer: (name: string, x: Tensor) => Tensor, x: Tensor) => readonly Tensor[],
): Promise<{ readonly weights: ReadonlyMap<string, GoldenTensor>; readonly outputs: readonly GoldenTensor[] }> {
  const quant = { ...DEFAULT_QUANT, exact: device.precision === "fp32" };
  const source = await openWeights(golden.find(param(golden, "file", "string")), quant);
  const file = new Declarations(source, "");
  for (const { name, rows, columns } of shapes) {
    file.add(`${name}.weight`, "matrix", [rows, columns]);
    if (file.has(`${name}.bias`)) file.add(`${name}.bias`, "vector", [rows]);
  }
  const model: Model = { kind: `golden ${golden.name}`, source, weights: file.weights };
  const weights = new Map<string, GoldenTensor>();
  for (const { name, rows, columns } of shapes)
    weights.set(name, { shape: [rows, columns], data: await effective(model, `${name}.weight`, columns) });

  const x = input(golden, "x");
  const [tokens, width] = x.shape as [number, number];
  const stage: PassDef["stages"][number] = {
    name: "layers",
    build(g) {
      const results = network((name, x) => {
        const y = linear(x, g.weight(`${name}.weight`));
        return file.has(`${name}.bias`) ? add(y, g.weight(`${name}.bias`)) : y;
      }, g.carried("x"));
      for (const [n, y] of results.entries()) g.write(`y${n}`, y);
    },
  };
  const last = shapes.length === 1 || golden.kind === "quant.quanto" ? [shapes.at(-1)!] : shapes;
  const spec = (columns: number) => ({ dtype: "f32" as const, shape: [tokens, columns] });
  const outputs = last.map((_, n) => `y${n}`);
  const carried = Object.fromEntries(last.map(({ rows }, n) => [`y${n}`, spec(rows)]));
  const loaded = (await device.runtime()).load(model);
  const got = await runPass(
    loaded,
    { key: golden.name, carried: { x: spec(width), ...carried }, inputs: ["x"], outputs, stages: [stage] },
    { x: floats(golden, "x") },
  );
  return {
    weights,
    outputs: last.map(({ rows }, n) => ({ shape: [tokens, rows], data: got[`y${n}`]! })),
  };
}

async function effective({ source, weights }: Model, name: string, columns: number): Promise<Float32Array> {
  const { entry } = weights.find((weight) => weight.name === name)!;
  const values = await readFloat32(holding(source, entry.name, entry), entry.name);
  // the input's factors are no part of the weight there
  const { inputScale: _, ...layer } = entry.layer ?? {};
  await layerRows(source, layer, values, columns, 0);
  return values;
}

/** `readFloat32` looks tensors up: a shaped one is in no table. */
const holding = (source: WeightSource, name: string, entry: TensorEntry): WeightSource => ({
  path: source.path,
  fileBytes: source.fileBytes,
  identity: source.identity,
  metadata: source.metadata,
  tensors: new Map([[name, entry]]),
  read: (name, offset, into) => source.read(name, offset, into),
  close: () => source.close(),
});
