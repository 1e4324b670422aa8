import {
  cast,
  concat,
  cont,
  type Graph,
  mulMat,
  permute,
  reshape,
  scale,
  slice,
  type Tensor,
} from "../../tensor/index.ts";
import type { Chain, Form } from "./adapter.ts";
import type { Step } from "./stack.ts";
import type { RowOrder } from "./target.ts";

/** A companion's weight by its name in the LoRA file. */
export type WeightOf = (name: string) => Tensor;

/**
 * `factor` times what a step's delta makes of x: x [..., T, columns] f32, the result [..., T, count], rows from `first` on of those that
 * the step changes. The delta itself is never made: low-rank factors one after the other, a Kronecker product as two small products.
 */
export function deltaProduct(
  { adapter, target }: Step,
  weightOf: WeightOf,
  x: Tensor,
  factor: number,
  first: number,
  count: number,
): Tensor {
  const { form, rows } = adapter;
  const whole = { first: 0, count: rows };
  const asked = { first, count };
  if (form.kind === "kronecker") return part(ordered(kronecker(form, weightOf, x, factor), target.order), asked);
  const weights = form.kind === "low-rank" || form.kind === "turned" ? form.chain.weights : [form.weight];
  if (target.order) return part(ordered(chained(weights, weightOf, x, factor, whole), target.order), asked);
  return chained(weights, weightOf, x, factor, asked);
}

/** `factor` times what a chain that gives as many values as x has makes of x: the input of a layer that is asked a second time. */
export const turnedInput = ({ weights, rows }: Chain, weightOf: WeightOf, x: Tensor, factor: number): Tensor =>
  chained(weights, weightOf, x, factor, { first: 0, count: rows });

interface Rows {
  readonly first: number;
  readonly count: number;
}

const part = (y: Tensor, { first, count }: Rows): Tensor => slice(y, -1, first, count);

/** One matrix after the other, some rows of the last alone; the factor where values are fewest. */
function chained(weights: readonly string[], weightOf: WeightOf, x: Tensor, factor: number, rows: Rows): Tensor {
  let y = x;
  for (const name of weights.slice(0, -1)) y = times(weightOf(name), y);
  if (weights.length > 1) y = scaled(y, factor);
  y = times(slice(weightOf(weights.at(-1)!), 0, rows.first, rows.count), y);
  return weights.length > 1 ? y : scaled(y, factor);
}

/** (left (x) right) x: with x as a matrix [k1, k2] per token, left x right^T. The cheaper side goes first. */
function kronecker(
  { left, right }: Extract<Form, { kind: "kronecker" }>,
  weightOf: WeightOf,
  x: Tensor,
  factor: number,
): Tensor {
  const apply = ({ weights }: Chain, y: Tensor) => weights.reduce((y, name) => times(weightOf(name), y), y);
  const cost = ({ weights }: Chain) => weights.reduce((sum, name) => sum + elementsOf(weightOf(name)), 0);
  const outer = x.shape.slice(0, -1);
  const tokens = outer.reduce((n, size) => n * size, 1);
  const turned = (y: Tensor) => cont(permute(y, [0, 2, 1]));
  const rightFirst =
    left.columns * cost(right) + right.rows * cost(left) <= right.columns * cost(left) + left.rows * cost(right);
  let y: Tensor;
  if (rightFirst) {
    y = scaled(apply(right, reshape(cont(x), [tokens * left.columns, right.columns])), factor);
    y = turned(reshape(y, [tokens, left.columns, right.rows]));
    y = apply(left, reshape(y, [tokens * right.rows, left.columns]));
    y = turned(reshape(y, [tokens, right.rows, left.rows]));
  } else {
    y = turned(reshape(cont(x), [tokens, left.columns, right.columns]));
    y = scaled(apply(left, reshape(y, [tokens * right.columns, left.columns])), factor);
    y = turned(reshape(y, [tokens, right.columns, left.rows]));
    y = apply(right, reshape(y, [tokens * left.rows, right.columns]));
  }
  return reshape(y, [...outer, left.rows * right.rows]);
}

/** The last axis in the model's order. y: contiguous. */
export function ordered(y: Tensor, order: RowOrder | undefined): Tensor {
  if (order === undefined) return y;
  const outer = y.shape.slice(0, -1);
  const width = y.shape.at(-1)!;
  if (order.kind === "halves")
    return concat(slice(y, -1, width / 2, width / 2), slice(y, -1, 0, width / 2), outer.length);
  const tokens = outer.reduce((n, size) => n * size, 1);
  const heads = reshape(y, [tokens * order.heads, 2, width / order.heads / 2]);
  return reshape(cont(permute(heads, [0, 2, 1])), [...outer, width]);
}

/**
 * Rows this short are multiplied as f32: a factor's are as long as its rank, and the CPU's kernels for other encodings take a slow way below
 * 32 values (a step of 84 tokens under a LoRA of rank 16: 1.8 times the step without, and 1.03 so). Only the factor is cast.
 */
const SHORT = 64;

/** x w^T with the file's own encoding, or f32 where weights are cast or rows are short. */
export const times = (w: Tensor, x: Tensor): Tensor =>
  mulMat(castsWeights(x.graph) || w.shape.at(-1)! < SHORT ? cast(w, "f32") : w, x);

export const scaled = (x: Tensor, factor: number): Tensor => (factor === 1 ? x : scale(x, factor));

const castsWeights = (g: Graph): boolean => g.options.castWeights;
const elementsOf = ({ shape }: Tensor): number => shape.reduce((n, size) => n * size, 1);
