import { byteLength, DTYPES, type DType, type Shape, type TensorSpec } from "./dtype.ts";
import { ShapeError } from "./errors.ts";
import type { LayerTerms } from "./layerTerms.ts";
import type { Leaf, Node, OpName, Program, TensorIndex } from "./program.ts";

/** A symbolic tensor: a shape and a place in a graph, no numbers. Made by `Graph` and by the functions in ops/. */
export interface Tensor extends TensorSpec {
  readonly graph: Graph;
  readonly index: TensorIndex;
  /** Bytes between neighbours along each axis, outermost first. */
  readonly strides: readonly number[];
}

/** What an op file hands to `Graph.add`; what is left out is the contiguous default. */
export interface NewNode extends TensorSpec {
  readonly op: OpName;
  readonly inputs: readonly Tensor[];
  readonly params?: Node["params"];
  readonly flops?: number;
  /** For views: the tensor looked at, strides and byte offset from its start. */
  readonly view?: { readonly of: Tensor; readonly strides: readonly number[]; readonly offset: number };
}

export interface GraphOptions {
  /** Program's name in errors and traces: "double_blocks.0". */
  readonly name: string;
  /** Every weight of the model in its resident form. */
  weight(name: string): TensorSpec | undefined;
  /** What the matrix layer of that weight computes beside W x. */
  terms?(name: string): LayerTerms | undefined;
  /** Every carried tensor of the pass. */
  carried(name: string): TensorSpec | undefined;
  /** Cast weights to f32 before they are used (`--force-fp32`). */
  readonly castWeights: boolean;
  /** Bytes of the largest intermediate tensor to make in one piece, where work can be cut (`inPieces`). The device's; default 256 MiB. */
  readonly pieceBytes?: number;
}

/**
 * Builds one stage's program. Each op checks its operands (shape, dtype, contiguity) and throws `ShapeError` with the sizes; what comes
 * out of `finish` is plain data and runs on any backend. Weights and carried tensors become leaves when first asked for.
 */
export class Graph {
  readonly options: GraphOptions;
  readonly #tensors: (Leaf | Node)[] = [];
  readonly #handles: Tensor[] = [];
  readonly #leaves = new Map<string, Tensor>();
  readonly #patched = new Map<string, Tensor>();
  readonly #roots: { readonly name: string; readonly index: TensorIndex }[] = [];
  readonly #flops: number[] = [];

  constructor(options: GraphOptions) {
    this.options = options;
  }

  /** The model's weight of that name, in its resident form; a vector that is patched (`LayerTerms.patch`) as it then is. */
  weight(name: string): Tensor {
    const leaf = this.#leaf("weight", name, this.options.weight(name));
    const terms = this.options.terms?.(name);
    if (!terms?.patch) return leaf;
    const known = this.#patched.get(name);
    if (known) return known;
    const patched = terms.patch(leaf);
    if (patched.dtype !== "f32" || patched.shape.join() !== leaf.shape.join())
      throw new ShapeError(
        `${this.options.name}: ${name} is [${leaf.shape}], patched to [${patched.shape}] ${patched.dtype}`,
      );
    this.#patched.set(name, patched);
    return patched;
  }

  /**
   * What `linear` does beside the product with `w`: a weight, some of a weight's rows (from `first` on, of `rows`), or either of them cast.
   * Throws ShapeError where a weight with terms is looked at in any other way: they would be lost.
   */
  layerOf(w: Tensor): { readonly terms: LayerTerms; readonly first: number; readonly rows: number } | undefined {
    let tensor = this.#tensors[w.index]!;
    let first = 0;
    let whole = true;
    while (tensor.kind === "node" && (tensor.op === "cast" || tensor.op === "view")) {
      const from: Leaf | Node = this.#tensors[tensor.inputs[0]!]!;
      if (tensor.op === "view") {
        whole &&= from.shape.length === 2 && tensor.shape[1] === from.shape[1];
        first += Number(tensor.params["offset"]) / from.strides[0]!;
      }
      tensor = from;
    }
    const terms = tensor.kind === "weight" ? this.options.terms?.(tensor.name) : undefined;
    if (!terms) return undefined;
    if (!whole)
      throw new ShapeError(`${this.options.name}: a part of a weight that has terms of its own must be whole rows`);
    return { terms, first, rows: tensor.shape.at(-2)! };
  }

  /** A tensor that an earlier stage, or the caller, has written. */
  carried(name: string): Tensor {
    if (this.#roots.some((root) => root.name === name))
      throw new ShapeError(`${this.options.name}: ${name} is read after it was written`);
    return this.#leaf("carried", name, this.options.carried(name));
  }

  /** Makes `value` the carried tensor `name`. Shapes must be equal; value may be strided. */
  write(name: string, value: Tensor): void {
    const spec = this.options.carried(name);
    if (!spec) throw new ShapeError(`${this.options.name}: the pass carries no tensor "${name}"`);
    if (spec.shape.join() !== value.shape.join())
      throw new ShapeError(`${this.options.name}: ${name} is [${spec.shape}], written with [${value.shape}]`);
    const floats = (dtype: DType): boolean => dtype === "f32" || dtype === "f16" || dtype === "bf16";
    if (spec.dtype !== value.dtype && !(floats(spec.dtype) && floats(value.dtype)))
      throw new ShapeError(`${this.options.name}: ${name} is ${spec.dtype}, written with ${value.dtype}`);
    if (this.#leaves.has(`carried ${name}`))
      throw new ShapeError(`${this.options.name}: ${name} is both read and written; carried tensors are written once`);
    const target = this.#leaf("carried", name, spec);
    const copy = this.add({
      op: "copy",
      inputs: [value, target],
      ...spec,
      view: { of: target, strides: target.strides, offset: 0 },
    });
    this.#roots.push({ name, index: copy.index });
  }

  /** For ops/ only: appends a node. */
  add(node: NewNode): Tensor {
    for (const input of node.inputs)
      if (input.graph !== this)
        throw new ShapeError(`${this.options.name}.${node.op}: an operand belongs to another graph`);
    if (node.shape.length < 1 || node.shape.length > 4 || node.shape.some((n) => !Number.isSafeInteger(n) || n < 1))
      throw new ShapeError(`${this.options.name}.${node.op}: [${node.shape}] is no shape of 1 to 4 axes`);
    const common = { dtype: node.dtype, shape: node.shape, strides: node.view?.strides ?? contiguous(node) };
    const made: Node = {
      kind: "node",
      op: node.op,
      inputs: node.inputs.map((t) => t.index),
      params: node.params ?? {},
      ...common,
      ...(node.view && this.#owner(node.view)),
    };
    const tensor = this.#push(made);
    this.#flops[tensor.index] = node.flops ?? 0;
    return tensor;
  }

  /** The finished program: only what a write needs, in ggml's order. */
  finish(): Program {
    const order: TensorIndex[] = [];
    const seen = new Set<TensorIndex>();
    const visit = (index: TensorIndex): void => {
      if (seen.has(index)) return;
      seen.add(index);
      const tensor = this.#tensors[index]!;
      if (tensor.kind !== "node") return;
      tensor.inputs.forEach(visit);
      order.push(index);
    };
    for (const root of this.#roots) visit(root.index);
    const writes = this.#roots.map((root) => root.name);
    const leaves = [...seen].map((index) => this.#tensors[index]!).filter((t): t is Leaf => t.kind !== "node");
    return Object.freeze({
      name: this.options.name,
      tensors: this.#tensors,
      order,
      weights: leaves.filter((t) => t.kind === "weight").map((t) => t.name),
      reads: leaves.filter((t) => t.kind === "carried" && !writes.includes(t.name)).map((t) => t.name),
      writes,
      flops: order.reduce((sum, index) => sum + this.#flops[index]!, 0),
    });
  }

  #leaf(kind: "weight" | "carried", name: string, spec: TensorSpec | undefined): Tensor {
    if (!spec)
      throw new ShapeError(
        `${this.options.name}: there is no ${kind === "weight" ? "weight" : "carried tensor"} "${name}"`,
      );
    const key = `${kind} ${name}`;
    const known = this.#leaves.get(key);
    if (known) return known;
    const tensor = this.#push({ kind, name, dtype: spec.dtype, shape: spec.shape, strides: contiguous(spec) });
    this.#leaves.set(key, tensor);
    return tensor;
  }

  #push(tensor: Leaf | Node): Tensor {
    const index = this.#tensors.push(tensor) - 1;
    const { dtype, shape, strides } = tensor;
    return (this.#handles[index] = { graph: this, index, dtype, shape, strides });
  }

  /** A view of a view looks at the tensor that owns the memory: ggml counts views for their origin. */
  #owner({ of, offset }: { of: Tensor; offset: number }): { viewOf: TensorIndex; viewOffset: number } {
    const source = this.#tensors[of.index]!;
    if (source.kind === "node" && source.viewOf !== undefined)
      return { viewOf: source.viewOf, viewOffset: source.viewOffset! + offset };
    return { viewOf: of.index, viewOffset: offset };
  }
}

/** Byte strides of a contiguous tensor, outermost first. For block encodings the last one is a block's bytes. */
export function contiguous({ dtype, shape }: { dtype: DType; shape: Shape }): number[] {
  const { bytes } = DTYPES[dtype];
  const strides = new Array<number>(shape.length);
  let next: number = bytes;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = next;
    next = axis === shape.length - 1 ? byteLength({ dtype, shape: [shape[axis]!] }) : next * shape[axis]!;
  }
  return strides;
}

/** Elements follow each other without gaps, in row-major order. Axes of size 1 do not count. */
export function isContiguous(t: { dtype: DType; shape: Shape; strides: readonly number[] }): boolean {
  const dense = contiguous(t);
  return t.shape.every((size, axis) => size === 1 || t.strides[axis] === dense[axis]);
}
