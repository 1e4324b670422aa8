import type { DType, Graph, Shape, Tensor } from "../../src/tensor/index.ts";
import type { Values } from "./operands.ts";

/** Reads an operand by its indices, outermost first. Indices beyond its shape are `undefined` (and NaN in a sum). */
export type At = (...index: number[]) => number;

/** One operand of a case. Weights may have any encoding; the others are carried tensors. */
export interface Input {
  readonly kind: "weight" | "carried";
  readonly dtype: DType;
  readonly values: Values;
}

/** One graph, and the numbers that it must give, as a formula per element: a plain loop in f64 that shares nothing with the backends. */
export interface OpCase {
  readonly op: string;
  /** What is odd about it. */
  readonly name: string;
  readonly inputs: Readonly<Record<string, Input>>;
  /** Weights are cast to f32 in the graph. */
  readonly castWeights: boolean;
  build(t: Readonly<Record<string, Tensor>>, g: Graph): Tensor;
  readonly shape: Shape;
  /** The element of the result at `index`. */
  expected(at: Readonly<Record<string, At>>, index: readonly number[]): number;
}

/** An accessor for a row-major operand. */
export function accessor({ shape, numbers }: Values): At {
  return (...index) => numbers[index.reduce((flat, i, axis) => flat * shape[axis]! + i, 0)]!;
}

/** All elements of a case's result, row-major. */
export function expectedNumbers({ inputs, shape, expected }: OpCase): Float64Array {
  const at = Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, accessor(values)]));
  const out = new Float64Array(shape.reduce((n, size) => n * size, 1));
  const index = shape.map(() => 0);
  for (let i = 0; i < out.length; i++) {
    out[i] = expected(at, index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return out;
}
