import type { Shape, TensorSpec } from "../../tensor/dtype.ts";
import type { Graph, Tensor } from "../../tensor/graph.ts";
import type { PassDef, StageDef } from "../../tensor/stage.ts";
import type { VaeLayer } from "./layers.ts";

interface Half {
  readonly key: string;
  readonly input: { readonly name: string; readonly shape: Shape };
  readonly output: { readonly name: string; readonly shape: Shape };
  readonly first: { readonly name: string; readonly shape: Shape; build(g: Graph, x: Tensor): Tensor };
  readonly layers: readonly VaeLayer[];
  layer(g: Graph, l: VaeLayer, x: Tensor): Tensor;
  readonly last: { readonly name: string; build(g: Graph, x: Tensor): Tensor };
}

/** A chain of stages, each reading what the one before wrote; what a stage writes is carried under the stage's name. */
export function stagesOf({ key, input, output, first, layers, layer, last }: Half): PassDef {
  const carried: Record<string, TensorSpec> = {
    [input.name]: { dtype: "f32", shape: input.shape },
    [first.name]: { dtype: "f32", shape: first.shape },
  };
  const stage = (name: string, from: string, to: string, build: (g: Graph, x: Tensor) => Tensor): StageDef => ({
    name,
    build: (g) => g.write(to, build(g, g.carried(from))),
  });
  const stages = [stage(first.name, input.name, first.name, first.build)];
  let before = first.name;
  for (const l of layers) {
    const [batch, , height, width] = carried[before]!.shape as [number, number, number, number];
    const factor = l.kind === "upsample" ? 2 : l.kind === "downsample" ? 0.5 : 1;
    carried[l.name] = { dtype: "f32", shape: [batch, l.to, factor * height, factor * width] };
    stages.push(stage(l.name, before, l.name, (g, x) => layer(g, l, x)));
    before = l.name;
  }
  carried[output.name] = { dtype: "f32", shape: output.shape };
  stages.push(stage(last.name, before, output.name, last.build));
  return { key, carried, inputs: [input.name], outputs: [output.name], stages };
}
