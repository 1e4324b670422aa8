import { byteLength } from "./dtype.ts";
import { type ActivationPlace, FreeBlocks } from "./freeBlocks.ts";
import type { Node, OpName, Program, TensorIndex } from "./program.ts";

export interface ActivationPlan {
  /** Bytes of all chunks together: what the program needs beside weights and carried tensors. */
  readonly bytes: number;
  /** Where each node with memory of its own lies, chunks one after another; views, weights and carried tensors have no entry. */
  readonly offsets: ReadonlyMap<TensorIndex, number>;
  /** Bytes of each chunk; one, unless the program passes `maxChunkBytes`. */
  readonly chunkBytes: readonly number[];
}

export interface ActivationOptions {
  /** Of the device's buffers, bytes: every place starts at a multiple. */
  readonly alignment: number;
  /** The largest buffer the device makes, bytes. */
  readonly maxChunkBytes?: number;
}

/** Ops whose result may take over the place of an operand. Not norm and groupNorm: their kernels read after they have written. */
const IN_PLACE: ReadonlySet<OpName> = new Set([
  "add",
  "sub",
  "mul",
  "div",
  "scale",
  "silu",
  "sigmoid",
  "neg",
  "sqr",
  "sqrt",
  "rmsNorm",
  "softMax",
]);

/**
 * Lays a program's activations out as ggml's graph allocator does, to the byte, without asking it: so the planner knows a stage's needs
 * from its shapes alone. It walks the nodes in order; a tensor's place is free after its last reader, views counting for the tensor they
 * look at; an elementwise op takes over the place of an operand of the same shape that nobody else reads or views. Weights and carried
 * tensors lie elsewhere and count nothing. Source: ggml 0.23.0, ggml-alloc.c, ggml_gallocr_alloc_graph_impl.
 */
export function planActivations(program: Program, options: ActivationOptions): ActivationPlan {
  const { tensors, order } = program;
  const blocks = new FreeBlocks(options.alignment, options.maxChunkBytes ?? Number.POSITIVE_INFINITY);
  const readers = new Uint32Array(tensors.length);
  const views = new Uint32Array(tensors.length);
  const node = (index: TensorIndex): Node | undefined => {
    const tensor = tensors[index]!;
    return tensor.kind === "node" ? tensor : undefined;
  };
  for (const index of order) {
    const { viewOf, inputs } = node(index)!;
    if (viewOf !== undefined) views[viewOf]!++;
    for (const input of inputs) readers[input]!++;
  }

  const places = new Map<TensorIndex, ActivationPlace>();
  /** Tensors that hold their place now: not yet given back, and not taken over. */
  const held = new Set<TensorIndex>();
  const release = (index: TensorIndex): void => {
    if (held.delete(index)) blocks.give(places.get(index)!, byteLength(tensors[index]!));
  };
  const takenOver = ({ op, inputs, dtype, shape }: Node): TensorIndex | undefined =>
    IN_PLACE.has(op)
      ? inputs.find(
          (input) =>
            held.has(input) &&
            readers[input] === 1 &&
            views[input] === 0 &&
            tensors[input]!.dtype === dtype &&
            withoutLeadingOnes(tensors[input]!.shape) === withoutLeadingOnes(shape),
        )
      : undefined;

  for (const index of order) {
    const made = node(index)!;
    if (made.viewOf === undefined) {
      const from = takenOver(made);
      if (from !== undefined) held.delete(from);
      places.set(index, from === undefined ? blocks.take(byteLength(made)) : places.get(from)!);
      held.add(index);
    }
    for (const input of made.inputs) {
      readers[input]!--;
      if (readers[input] !== 0 || views[input] !== 0) continue;
      const origin = node(input)?.viewOf;
      if (origin === undefined) release(input);
      else if (--views[origin]! === 0 && readers[origin] === 0) release(origin);
    }
  }

  const { chunkBytes } = blocks;
  const starts = chunkBytes.map((_, i) => chunkBytes.slice(0, i).reduce((sum, n) => sum + n, 0));
  return {
    bytes: chunkBytes.reduce((sum, n) => sum + n, 0),
    offsets: new Map([...places].map(([index, { chunk, offset }]) => [index, starts[chunk]! + offset])),
    chunkBytes,
  };
}

/** ggml has no ranks: [4] and [1, 4] are one shape to it. */
const withoutLeadingOnes = (shape: readonly number[]): string => shape.join().replace(/^(1,)+/, "");
