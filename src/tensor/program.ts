import type { DType, Shape } from "./dtype.ts";

/** Every op a program may hold. Each is one node of ggml: what is not here is composed of these in ops/. */
export type OpName =
  | "mulMat"
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "scale"
  | "silu"
  | "sigmoid"
  | "sqr"
  | "sqrt"
  | "neg"
  | "swiglu"
  | "swigluSplit"
  | "norm"
  | "rmsNorm"
  | "groupNorm"
  | "softMax"
  | "flashAttention"
  | "concat"
  | "roll"
  | "pad"
  | "upscale"
  | "im2col"
  | "conv2dDirect"
  | "getRows"
  | "view"
  | "reshape"
  | "permute"
  | "cont"
  | "cast"
  | "copy";

/** Index into `Program.tensors`. */
export type TensorIndex = number;

interface TensorCommon {
  readonly dtype: DType;
  /** Outermost first. */
  readonly shape: Shape;
  /** Bytes from one element (one block on the last axis) to the next along each axis, outermost first. */
  readonly strides: readonly number[];
}

/** A tensor that is there before the program runs: a weight under a lease, or a carried tensor. */
export interface Leaf extends TensorCommon {
  readonly kind: "weight" | "carried";
  readonly name: string;
}

/** The result of one op. A view has no memory of its own: `viewOf` is the tensor that owns it, `viewOffset` in bytes. */
export interface Node extends TensorCommon {
  readonly kind: "node";
  readonly op: OpName;
  readonly inputs: readonly TensorIndex[];
  /**
   * Numbers that the op needs, per axis outermost first. scale: factor, bias. norm, rmsNorm: eps. groupNorm: groups, eps. softMax,
   * flashAttention: scale. concat: axis. roll: shifts, each in [0, size). pad: after. upscale: factor. im2col, conv2dDirect: stride,
   * padding. permute: axes (torch's: axis i of the result is axis axes[i] of the input). view: offset in bytes from its input's start.
   */
  readonly params: Readonly<Record<string, number | readonly number[] | boolean>>;
  readonly viewOf?: TensorIndex;
  readonly viewOffset?: number;
}

/**
 * One stage as plain data: immutable, static shapes. `order` lists the nodes in ggml's own order (depth first from each write, inputs
 * left to right), so that what is planned over it here is what ggml does. Writes go to carried tensors by `copy` nodes, the roots.
 */
export interface Program {
  readonly name: string;
  readonly tensors: readonly (Leaf | Node)[];
  readonly order: readonly TensorIndex[];
  /** Names of the weights it needs, in order of first use. */
  readonly weights: readonly string[];
  /** Names of the carried tensors it reads, and those it writes. A name is written by one stage only. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly flops: number;
}
