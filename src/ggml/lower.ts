import { DTYPES, type Shape } from "../tensor/dtype.ts";
import type { Leaf, Node, OpName, Program } from "../tensor/program.ts";
import { type OpCalls, PREC_F32 } from "./abi.ts";

/**
 * A program as ggml calls: one ggml tensor per leaf and per node, in the program's own order, in the context `c`. Nothing is checked here
 * (the ops were, when the graph was built) and nothing is allocated. `leaf` makes a leaf's tensor with a place in memory. Returns the
 * tensors by program index, and the roots: the copies into carried tensors.
 *
 * ggml counts axes from the fastest: torch's [a, b, c] is ggml's (c, b, a, 1). Source: ggml.md, "Recipes that ran".
 */
export function lower(
  g: OpCalls,
  c: bigint,
  program: Program,
  leaf: (leaf: Leaf) => bigint,
): { readonly tensors: readonly (bigint | undefined)[]; readonly roots: readonly bigint[] } {
  const tensors: (bigint | undefined)[] = [];
  const roots: bigint[] = [];
  const input = (index: number): bigint => {
    const t = program.tensors[index]!;
    return (tensors[index] ??= leaf(t as Leaf)); // a node's inputs come before it, so what is missing is a leaf
  };
  for (const index of program.order) {
    const node = program.tensors[index] as Node;
    const made = LINES[node.op](g, c, { node, x: node.inputs.map(input), source: program.tensors[node.inputs[0]!]! });
    tensors[index] = made;
    if (node.op === "copy") roots.push(made);
  }
  return { tensors, roots };
}

/** ggml's four sizes of a shape, fastest first. */
export function sizes(shape: Shape): [number, number, number, number] {
  const [a = 1, b = 1, c = 1, d = 1] = shape.toReversed();
  return [a, b, c, d];
}

interface Operands {
  readonly node: Node;
  /** The inputs, lowered. */
  readonly x: readonly bigint[];
  /** The first input, as it stands in the program. */
  readonly source: Leaf | Node;
}

type Line = (g: OpCalls, c: bigint, operands: Operands) => bigint;

const num = (node: Node, name: string): number => {
  const value = node.params[name];
  if (typeof value !== "number") throw new Error(`invariant: ${node.op} has no number "${name}"`);
  return value;
};
const list = (node: Node, name: string): readonly number[] => {
  const value = node.params[name];
  if (!Array.isArray(value)) throw new Error(`invariant: ${node.op} has no list "${name}"`);
  return value as readonly number[];
};

/** One number per axis, in ggml's order; axes that are not there get `rest`. */
const perAxis = (values: readonly number[], rest: number): [number, number, number, number] => {
  const [a = rest, b = rest, c = rest, d = rest] = values.toReversed();
  return [a, b, c, d];
};

/** ggml wants to know where each source axis goes; torch says where each result axis comes from. */
function destinations(axes: readonly number[]): [number, number, number, number] {
  const missing = 4 - axes.length;
  const from = [...Array.from({ length: missing }, (_, i) => i), ...axes.map((axis) => axis + missing)];
  const to = (fastest: number) => 3 - from.indexOf(3 - fastest);
  return [to(0), to(1), to(2), to(3)];
}

/** Strides of axes 1..3 in ggml's order; an axis that is not there continues the last one. */
function outerStrides({ shape, strides }: Node): [number, number, number] {
  const ne = shape.toReversed();
  const nb = strides.toReversed();
  const row = nb.length > 1 ? nb[1]! : nb[0]! * ne[0]!;
  const plane = nb.length > 2 ? nb[2]! : row * (ne[1] ?? 1);
  const volume = nb.length > 3 ? nb[3]! : plane * (ne[2] ?? 1);
  return [row, plane, volume];
}

const one =
  (
    call: keyof Pick<
      OpCalls,
      "ggml_silu" | "ggml_sigmoid" | "ggml_sqr" | "ggml_sqrt" | "ggml_neg" | "ggml_swiglu" | "ggml_cont"
    >,
  ): Line =>
  (g, c, { x }) =>
    g[call](c, x[0]!);
const two =
  (
    call: keyof Pick<
      OpCalls,
      "ggml_add" | "ggml_sub" | "ggml_mul" | "ggml_div" | "ggml_swiglu_split" | "ggml_get_rows" | "ggml_cpy"
    >,
  ): Line =>
  (g, c, { x }) =>
    g[call](c, x[0]!, x[1]!);

const NEAREST = 0;

const LINES: Readonly<Record<OpName, Line>> = {
  mulMat: (g, c, { x }) => {
    const y = g.ggml_mul_mat(c, x[0]!, x[1]!);
    g.ggml_mul_mat_set_prec(y, PREC_F32); // GPUs would add up f16 products in f16
    return y;
  },
  add: two("ggml_add"),
  sub: two("ggml_sub"),
  mul: two("ggml_mul"),
  div: two("ggml_div"),
  scale: (g, c, { node, x }) => g.ggml_scale_bias(c, x[0]!, num(node, "factor"), num(node, "bias")),
  silu: one("ggml_silu"),
  sigmoid: one("ggml_sigmoid"),
  sqr: one("ggml_sqr"),
  sqrt: one("ggml_sqrt"),
  neg: one("ggml_neg"),
  swiglu: one("ggml_swiglu"),
  swigluSplit: two("ggml_swiglu_split"),
  norm: (g, c, { node, x }) => g.ggml_norm(c, x[0]!, num(node, "eps")),
  rmsNorm: (g, c, { node, x }) => g.ggml_rms_norm(c, x[0]!, num(node, "eps")),
  groupNorm: (g, c, { node, x }) => g.ggml_group_norm(c, x[0]!, num(node, "groups"), num(node, "eps")),
  softMax: (g, c, { node, x }) => g.ggml_soft_max_ext(c, x[0]!, x[1] ?? null, num(node, "scale"), 0),
  flashAttention: (g, c, { node, x }) => {
    const y = g.ggml_flash_attn_ext(c, x[0]!, x[1]!, x[2]!, x[3] ?? null, num(node, "scale"), 0, 0);
    g.ggml_flash_attn_ext_set_prec(y, PREC_F32);
    return y;
  },
  concat: (g, c, { node, x }) => g.ggml_concat(c, x[0]!, x[1]!, node.shape.length - 1 - num(node, "axis")),
  roll: (g, c, { node, x }) => g.ggml_roll(c, x[0]!, ...perAxis(list(node, "shifts"), 0)),
  pad: (g, c, { node, x }) => g.ggml_pad(c, x[0]!, ...perAxis(list(node, "after"), 0)),
  upscale: (g, c, { node, x }) => g.ggml_upscale(c, x[0]!, num(node, "factor"), NEAREST),
  im2col: (g, c, { node, x }) => {
    const [s, p] = [num(node, "stride"), num(node, "padding")];
    return g.ggml_im2col(c, x[0]!, x[1]!, s, s, p, p, 1, 1, true, DTYPES[node.dtype].ggml);
  },
  conv2dDirect: (g, c, { node, x }) => {
    const [s, p] = [num(node, "stride"), num(node, "padding")];
    return g.ggml_conv_2d_direct(c, x[0]!, x[1]!, s, s, p, p, 1, 1);
  },
  getRows: two("ggml_get_rows"),
  view: (g, c, { node, x, source }) => {
    const before = source.kind === "node" ? (source.viewOffset ?? 0) : 0; // ggml wants the offset from the input, not from the owner
    return g.ggml_view_4d(c, x[0]!, ...sizes(node.shape), ...outerStrides(node), node.viewOffset! - before);
  },
  reshape: (g, c, { node, x }) => g.ggml_reshape_4d(c, x[0]!, ...sizes(node.shape)),
  permute: (g, c, { node, x }) => g.ggml_permute(c, x[0]!, ...destinations(list(node, "axes"))),
  cont: one("ggml_cont"),
  cast: (g, c, { node, x }) => g.ggml_cast(c, x[0]!, DTYPES[node.dtype].ggml),
  copy: two("ggml_cpy"),
};
