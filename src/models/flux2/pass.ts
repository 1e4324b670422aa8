import type { TensorSpec } from "../../tensor/dtype.ts";
import type { PassDef, StageDef } from "../../tensor/stage.ts";
import type { Flux2Dims } from "./dims.ts";
import { doubleBlock } from "./doubleBlock.ts";
import { final } from "./final.ts";
import { join } from "./join.ts";
import { keptCarried } from "./keptReferences.ts";
import { modulationStage } from "./modulationStage.ts";
import { checkFlux2Shape, type Flux2Shape, moments } from "./shape.ts";
import { singleBlock } from "./singleBlock.ts";
import { start } from "./start.ts";

/**
 * A forward pass of Flux 2 as a list of stages: modulation, start, double_blocks.N, join, single_blocks.N, final_layer.
 * Inputs: x [batch, channels, height, width], context [batch, textTokens, context width], time [batch, 1, 256] ([batch, 2, 256] with
 * time 0 where references are finished pictures) and guidance [batch, 1, 256] (`timestepEmbedding`), cos and sin [tokens, 1, headDim]
 * (`ropeTables`), reference.N; `flux2Inputs` makes all of them.
 * Output: out, like x. Throws `BadModelInput`.
 */
export function flux2Pass(dims: Flux2Dims, shape: Flux2Shape): PassDef {
  checkFlux2Shape(dims, shape);
  const [modulation, steps] = [modulationPart(dims, shape), stepPart(dims, shape)];
  return {
    key: `flux2 ${modulation.key} ${steps.key}`,
    carried: { ...modulation.carried, ...steps.carried },
    inputs: [...modulation.inputs, ...steps.inputs],
    ...handedOn(dims, shape),
    stages: [...modulation.stages, ...steps.stages],
  };
}

/** The first stage alone, for one time (and guidance): what it makes of the layers (`MODULATIONS`). Its weights are no part of `flux2Steps`. */
export function flux2Modulation(dims: Flux2Dims, shape: Flux2Shape): PassDef {
  checkFlux2Shape(dims, shape);
  const { key, ...part } = modulationPart(dims, shape);
  return { ...part, key: `flux2 modulation ${key}`, outputs: MODULATIONS };
}

/** The pass without its first stage: what that computes is handed in, under the same names. */
export function flux2Steps(dims: Flux2Dims, shape: Flux2Shape): PassDef {
  checkFlux2Shape(dims, shape);
  const part = stepPart(dims, shape);
  const carried = { ...modulationOf(dims, shape), ...part.carried };
  return {
    ...part,
    carried,
    key: `flux2 steps ${part.key}`,
    inputs: [...MODULATIONS, ...part.inputs],
    ...handedOn(dims, shape),
  };
}

/** The carried tensors that the modulation stage hands to the others. */
export const MODULATIONS = ["modulation.img", "modulation.txt", "modulation.single", "modulation.final"] as const;

type Carried = Readonly<Record<string, TensorSpec>>;
type Part = Omit<PassDef, "outputs">;

const f32 = (...shape: number[]): TensorSpec => ({ dtype: "f32", shape });

function modulationOf(
  { hidden }: Flux2Dims,
  shape: Flux2Shape,
): Readonly<Record<(typeof MODULATIONS)[number], TensorSpec>> {
  const { batch } = shape;
  const times = moments(shape);
  return {
    "modulation.img": f32(batch, times, 6 * hidden),
    "modulation.txt": f32(batch, times, 6 * hidden),
    "modulation.single": f32(batch, times, 3 * hidden),
    "modulation.final": f32(batch, 1, 2 * hidden),
  };
}

function modulationPart(dims: Flux2Dims, shape: Flux2Shape): Part {
  const { batch } = shape;
  const times = moments(shape);
  const guided = dims.guidance && (shape.guidance ?? false);
  const inputs: Carried = {
    time: f32(batch, times, dims.time),
    ...(guided && { guidance: f32(batch, 1, dims.time) }),
  };
  return {
    key: `${batch} times ${times} guidance ${guided}`,
    carried: { ...inputs, vec: f32(batch, times, dims.hidden), ...modulationOf(dims, shape) },
    inputs: Object.keys(inputs),
    stages: [{ name: "modulation", build: (g) => modulationStage(g, guided) }],
  };
}

/** All that follows, modulations among its carried tensors left out. */
function stepPart(dims: Flux2Dims, shape: Flux2Shape): Part {
  const { batch, height, width, textTokens, references = [] } = shape;
  const { hidden, channels, doubleBlocks, singleBlocks } = dims;
  const imageTokens = references.reduce((sum, r) => sum + r.height * r.width, height * width);
  const all = textTokens + imageTokens;
  const inputs: Carried = {
    x: f32(batch, channels, height, width),
    context: f32(batch, textTokens, dims.context),
    cos: f32(all, 1, dims.headDim),
    sin: f32(all, 1, dims.headDim),
    ...Object.fromEntries(references.map((r, n) => [`reference.${n}`, f32(batch, channels, r.height, r.width)])),
    ...(shape.keptTokens !== undefined && keptCarried(dims, shape)),
  };
  const between: Record<string, TensorSpec> = {};
  for (let n = 0; n <= doubleBlocks; n++) {
    between[`img.${n}`] = f32(batch, imageTokens, hidden);
    between[`txt.${n}`] = f32(batch, textTokens, hidden);
  }
  for (let n = 0; n <= singleBlocks; n++) between[`seq.${n}`] = f32(batch, all, hidden);

  const stages: StageDef[] = [
    { name: "start", build: (g) => start(g, shape) },
    ...count(doubleBlocks, (n) => ({ name: `double_blocks.${n}`, build: (g) => doubleBlock(g, dims, shape, n) })),
    { name: "join", build: (g) => join(g, dims) },
    ...count(singleBlocks, (n) => ({ name: `single_blocks.${n}`, build: (g) => singleBlock(g, dims, shape, n) })),
    { name: "final_layer", build: (g) => final(g, dims, shape) },
  ];
  const sizes = references.map((r) => `${r.height}x${r.width}`).join("+");
  return {
    key: `${batch}x${height}x${width} text ${textTokens} references ${sizes} times ${moments(shape)}${keptKey(shape)}`,
    carried: {
      ...inputs,
      ...between,
      ...(shape.keepReferences && keptCarried(dims, shape)),
      out: f32(batch, channels, height, width),
    },
    inputs: Object.keys(inputs),
    stages,
  };
}

/** What the caller gets, and what it gives or gets block by block. */
function handedOn(dims: Flux2Dims, shape: Flux2Shape): Pick<PassDef, "outputs" | "late" | "early"> {
  const kept = Object.keys(keptCarried(dims, shape));
  if (shape.keptTokens !== undefined) return { outputs: ["out"], late: kept };
  return shape.keepReferences ? { outputs: ["out", ...kept], early: kept } : { outputs: ["out"] };
}

const keptKey = ({ keepReferences, keptTokens }: Flux2Shape): string =>
  `${keepReferences ? " keeping" : ""}${keptTokens === undefined ? "" : ` kept ${keptTokens}`}`;

const count = (n: number, make: (index: number) => StageDef): StageDef[] =>
  Array.from({ length: n }, (_, i) => make(i));
