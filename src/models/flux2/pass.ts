import type { TensorSpec } from "../../tensor/dtype.ts";
import type { PassDef, StageDef } from "../../tensor/stage.ts";
import type { Flux2Dims } from "./dims.ts";
import { doubleBlock } from "./doubleBlock.ts";
import { final } from "./final.ts";
import { join } from "./join.ts";
import { checkFlux2Shape, type Flux2Shape, moments } from "./shape.ts";
import { singleBlock } from "./singleBlock.ts";
import { start } from "./start.ts";

/**
 * A forward pass of Flux 2 as a list of stages: start, double_blocks.N, join, single_blocks.N, final_layer.
 * Inputs: x [batch, channels, height, width], context [batch, textTokens, context width], time [batch, 1, 256] ([batch, 2, 256] with
 * time 0 where references are finished pictures) and guidance [batch, 1, 256] (`timestepEmbedding`), cos and sin [tokens, 1, headDim]
 * (`ropeTables`), reference.N; `flux2Inputs` makes all of them.
 * Output: out, like x. Throws `BadModelInput`.
 */
export function flux2Pass(dims: Flux2Dims, shape: Flux2Shape): PassDef {
  checkFlux2Shape(dims, shape);
  const { batch, height, width, textTokens, references = [] } = shape;
  const { hidden, channels, doubleBlocks, singleBlocks } = dims;
  const guided = dims.guidance && (shape.guidance ?? false);
  const imageTokens = references.reduce((sum, r) => sum + r.height * r.width, height * width);
  const all = textTokens + imageTokens;
  const times = moments(shape);

  const carried: Record<string, TensorSpec> = {};
  const carry = (name: string, ...shape: number[]) => {
    carried[name] = { dtype: "f32", shape };
    return name;
  };
  const inputs = [
    carry("x", batch, channels, height, width),
    carry("context", batch, textTokens, dims.context),
    carry("time", batch, times, dims.time),
    carry("cos", all, 1, dims.headDim),
    carry("sin", all, 1, dims.headDim),
    ...references.map((r, n) => carry(`reference.${n}`, batch, channels, r.height, r.width)),
  ];
  if (guided) inputs.push(carry("guidance", batch, 1, dims.time));
  carry("vec", batch, times, hidden);
  carry("modulation.img", batch, times, 6 * hidden);
  carry("modulation.txt", batch, times, 6 * hidden);
  carry("modulation.single", batch, times, 3 * hidden);
  for (let n = 0; n <= doubleBlocks; n++) {
    carry(`img.${n}`, batch, imageTokens, hidden);
    carry(`txt.${n}`, batch, textTokens, hidden);
  }
  for (let n = 0; n <= singleBlocks; n++) carry(`seq.${n}`, batch, all, hidden);
  carry("out", batch, channels, height, width);

  const stages: StageDef[] = [
    { name: "start", build: (g) => start(g, shape, guided) },
    ...count(doubleBlocks, (n) => ({ name: `double_blocks.${n}`, build: (g) => doubleBlock(g, dims, shape, n) })),
    { name: "join", build: (g) => join(g, dims) },
    ...count(singleBlocks, (n) => ({ name: `single_blocks.${n}`, build: (g) => singleBlock(g, dims, shape, n) })),
    { name: "final_layer", build: (g) => final(g, dims, shape) },
  ];
  const sizes = references.map((r) => `${r.height}x${r.width}`).join("+");
  const key = `flux2 ${batch}x${height}x${width} text ${textTokens} references ${sizes} times ${times} guidance ${guided}`;
  return { key, carried, inputs, outputs: ["out"], stages };
}

const count = (n: number, make: (index: number) => StageDef): StageDef[] =>
  Array.from({ length: n }, (_, i) => make(i));
