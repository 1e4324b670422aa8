import { describe, expect, test } from "vitest";
import { type DType, Graph, ShapeError, type Tensor, type TensorSpec } from "../index.ts";
import * as t from "./index.ts";

/** A tensor of a graph named "block". */
function tensors(castWeights = false) {
  const specs = new Map<string, TensorSpec>();
  const g = new Graph({ name: "block", weight: (name) => specs.get(name), carried: () => undefined, castWeights });
  return (shape: number[], dtype: DType = "f32"): Tensor => {
    const name = `${specs.size}`;
    specs.set(name, { shape, dtype });
    return g.weight(name);
  };
}
const of = tensors();
const turned = (...shape: number[]) => t.permute(of(shape), [1, 0]);
const narrow = (...shape: number[]) => t.slice(of(shape), -1, 0, shape.at(-1)! - 1);

function message(build: () => unknown): string {
  try {
    build();
  } catch (error) {
    if (error instanceof ShapeError) return error.message;
    throw error;
  }
  return "(accepted)";
}
const messages = (...builds: (() => unknown)[]): string => builds.map(message).join("\n");

describe("what an op refuses", () => {
  test("mulMat, linear", () => {
    expect(
      messages(
        () => t.mulMat(of([4]), of([3, 4])),
        () => t.mulMat(of([5, 4]), of([3, 8])),
        () => t.mulMat(of([5, 4], "i32"), of([3, 4])),
        () => t.mulMat(of([5, 4]), of([3, 4], "f16")),
        () => t.mulMat(of([3, 5, 4]), of([2, 3, 4])),
        () => t.mulMat(turned(4, 5), of([3, 4])),
        () => t.mulMat(of([5, 4]), turned(4, 3)),
        () => t.mulMat(t.slice(of([5, 64], "q8_0"), 1, 0, 32), of([3, 32])),
        () => t.linear(of([3, 4]), of([5, 4]), of([4])),
        () => t.linear(of([3, 4]), of([5, 4]), of([1, 5])),
      ),
    ).toMatchInlineSnapshot(`
      "block.mulMat: w is [4] f32, expected [..., n, k]
      block.mulMat: w [5, 4] f32 has rows of 4, x [3, 8] f32 of 8
      block.mulMat: w is [5, 4] i32, expected floats
      block.mulMat: x is [3, 4] f16, expected f32
      block.mulMat: outer axes of w [3, 5, 4] f32 do not divide those of x [2, 3, 4] f32
      block.mulMat: w [5, 4] f32 is strided on its last axis (20 bytes); cont() it first
      block.mulMat: x [3, 4] f32 is strided on its last axis (12 bytes); cont() it first
      block.mulMat: w [5, 32] q8_0 is not contiguous (strides [68, 34]); cont() it first
      block.linear: bias is [4] f32, expected [5]
      block.linear: bias is [1, 5] f32, expected [5]"
    `);
  });
  test("add, sub, mul, div", () => {
    expect(
      messages(
        () => t.add(of([3, 4]), of([3, 3])),
        () => t.sub(of([4]), of([3, 4])),
        () => t.mul(of([3, 4]), of([4], "bf16")),
        () => t.div(turned(4, 3), of([4])),
        () => t.add(of([3, 4]), turned(4, 3)),
      ),
    ).toMatchInlineSnapshot(`
      "block.add: b [3, 3] f32 does not divide a [3, 4] f32
      block.sub: b [3, 4] f32 does not divide a [4] f32
      block.mul: b is [4] bf16, expected f32
      block.div: a [3, 4] f32 is strided on its last axis (12 bytes); cont() it first
      block.add: b [3, 4] f32 is strided on its last axis (12 bytes); cont() it first"
    `);
  });
  test("elementwise", () => {
    expect(
      messages(
        () => t.scale(narrow(3, 5), 2),
        () => t.scale(of([3]), Number.NaN),
        () => t.scale(of([3]), 1, Number.POSITIVE_INFINITY),
        () => t.silu(of([3], "f16")),
        () => t.sigmoid(turned(3, 4)),
        () => t.sqr(narrow(3, 5)),
        () => t.sqrt(of([3], "i32")),
        () => t.neg(narrow(3, 5)),
        () => t.swiglu(of([3, 5])),
        () => t.swiglu(turned(4, 6)),
        () => t.swiglu(t.slice(of([2, 5, 6]), 1, 0, 3)),
        () => t.swigluSplit(of([3, 4]), of([3, 5])),
      ),
    ).toMatchInlineSnapshot(`
      "block.scale: x [3, 4] f32 is not contiguous (strides [20, 4]); cont() it first
      block.scale: factor is NaN
      block.scale: bias is Infinity
      block.silu: x is [3] f16, expected f32
      block.sigmoid: x [4, 3] f32 is not contiguous (strides [4, 16]); cont() it first
      block.sqr: x [3, 4] f32 is not contiguous (strides [20, 4]); cont() it first
      block.sqrt: x is [3] i32, expected f32
      block.neg: x [3, 4] f32 is not contiguous (strides [20, 4]); cont() it first
      block.swiglu: x is [3, 5] f32, expected an even last axis
      block.swiglu: x [6, 4] f32 is strided on its last axis (24 bytes); cont() it first
      block.swiglu: x [2, 3, 6] f32 has unevenly spaced rows (strides [120, 24, 4]); cont() it first
      block.swigluSplit: a is [3, 4] f32, b is [3, 5] f32"
    `);
  });
  test("norms, softMax", () => {
    expect(
      messages(
        () => t.norm(turned(3, 4), 1e-6),
        () => t.rmsNorm(of([3, 4]), -1),
        () => t.groupNorm(of([3, 4]), 2, 1e-6),
        () => t.groupNorm(of([1, 6, 2, 2]), 4, 1e-6),
        () => t.groupNorm(of([1, 6, 2, 2]), 0.5, 1e-6),
        () => t.groupNorm(t.slice(of([1, 6, 2, 2]), 2, 0, 1), 2, 1e-6),
        () => t.softMax(narrow(3, 5), 1),
        () => t.softMax(of([3, 5]), 1, of([5], "f16")),
        () => t.softMax(of([3, 5]), 1, of([3, 5], "bf16")),
        () => t.softMax(of([3, 2, 5]), 1, of([2, 2, 5])),
      ),
    ).toMatchInlineSnapshot(`
      "block.norm: x [4, 3] f32 is strided on its last axis (16 bytes); cont() it first
      block.rmsNorm: eps is -1, expected 0 <= eps < 1
      block.groupNorm: x is [3, 4] f32, expected 4 axes
      block.groupNorm: 4 groups do not divide the channels of x [1, 6, 2, 2] f32
      block.groupNorm: groups is 0.5, expected a whole number >= 1
      block.groupNorm: x [1, 6, 1, 2] f32 is not contiguous (strides [96, 16, 8, 4]); cont() it first
      block.softMax: x [3, 4] f32 is not contiguous (strides [20, 4]); cont() it first
      block.softMax: mask [5] f16 and x [3, 5] f32 differ in their last two axes
      block.softMax: mask is [3, 5] bf16, expected f16 or f32
      block.softMax: mask [2, 2, 5] f32 does not divide x [3, 2, 5] f32"
    `);
  });
  test("flashAttention", () => {
    const q = of([1, 4, 5, 8]);
    const k = of([1, 2, 7, 8]);
    expect(
      messages(
        () => t.flashAttention(of([4, 5, 8]), k, k, 1),
        () => t.flashAttention(q, of([1, 2, 7, 4]), k, 1),
        () => t.flashAttention(q, of([1, 3, 7, 8]), of([1, 3, 7, 8]), 1),
        () => t.flashAttention(q, k, of([1, 2, 6, 8]), 1),
        () => t.flashAttention(q, k, of([1, 2, 7, 8], "f16"), 1),
        () => t.flashAttention(q, t.permute(of([1, 2, 8, 7]), [0, 1, 3, 2]), k, 1),
        () => t.flashAttention(q, k, k, 1, of([5, 7])),
        () => t.flashAttention(q, k, k, 1, of([7, 5], "f16")),
      ),
    ).toMatchInlineSnapshot(`
      "block.flashAttention: q is [4, 5, 8] f32, expected 4 axes
      block.flashAttention: q is [1, 4, 5, 8] f32, k is [1, 2, 7, 4] f32: batch and width must be equal
      block.flashAttention: 3 heads of k [1, 3, 7, 8] f32 do not divide 4 of q [1, 4, 5, 8] f32
      block.flashAttention: k is [1, 2, 7, 8] f32, v is [1, 2, 6, 8] f32: they differ before the last axis
      block.flashAttention: k is [1, 2, 7, 8] f32, v is [1, 2, 7, 8] f16, expected both f32 or both f16
      block.flashAttention: k [1, 2, 7, 8] f32 is strided on its last axis (28 bytes); cont() it first
      block.flashAttention: mask is [5, 7] f32, expected f16
      block.flashAttention: mask is [7, 5] f16, expected [5, 7]"
    `);
  });
  test("concat, roll, pad, upscale, getRows", () => {
    expect(
      messages(
        () => t.concat(of([2, 3]), of([2, 4]), 0),
        () => t.concat(of([2, 3]), of([2, 3]), 2),
        () => t.concat(of([2, 3]), of([2, 3], "f16"), 1),
        () => t.concat(of([2, 3]), of([1, 2, 3]), 0),
        () => t.roll(of([2, 3]), [1]),
        () => t.roll(of([2, 3]), [0.5, 0]),
        () => t.roll(narrow(2, 4), [1, 0]),
        () => t.pad(of([2, 3]), [1, -1]),
        () => t.pad(narrow(2, 3), [1, 1]),
        () => t.upscale(of([3]), 2),
        () => t.upscale(of([3, 3]), 1),
        () => t.getRows(of([3, 4]), of([2])),
        () => t.getRows(of([1, 3, 4]), of([2], "i32")),
        () => t.getRows(of([3, 4], "i32"), of([2], "i32")),
      ),
    ).toMatchInlineSnapshot(`
      "block.concat: a [2, 3] f32 and b [2, 4] f32 differ beside axis 0
      block.concat: axis 2 of [2, 3] f32
      block.concat: b is [2, 3] f16, expected f32
      block.concat: a [2, 3] f32 and b [1, 2, 3] f32 differ beside axis 0
      block.roll: shifts are [1], expected a whole number for each axis of x [2, 3] f32
      block.roll: shifts are [0.5, 0], expected a whole number for each axis of x [2, 3] f32
      block.roll: x [2, 3] f32 is not contiguous (strides [16, 4]); cont() it first
      block.pad: after is [1, -1], expected a count for each axis of x [2, 3] f32
      block.pad: x [2, 2] f32 is not contiguous (strides [12, 4]); cont() it first
      block.upscale: x is [3] f32, expected [..., H, W]
      block.upscale: factor is 1, expected a whole number >= 2
      block.getRows: rows is [2] f32, expected i32
      block.getRows: table is [1, 3, 4] f32, expected 2 axes
      block.getRows: table is [3, 4] i32, expected floats"
    `);
  });
  test("convolutions", () => {
    const w = of([4, 3, 3, 3]);
    expect(
      messages(
        () => t.conv2d(of([1, 2, 5, 5]), w),
        () => t.conv2d(of([3, 5, 5]), w),
        () => t.conv2d(of([1, 3, 5, 5]), w, of([3])),
        () => t.conv2d(of([1, 3, 5, 5]), of([4, 3, 3, 3], "f16")),
        () => t.conv2dDirect(w, of([1, 3, 2, 5])),
        () => t.conv2dDirect(w, of([1, 3, 5, 5]), { stride: 0 }),
        () => t.im2col(w, of([1, 3, 5, 5]), { padding: 0.5 }),
        () => t.im2col(w, t.slice(of([1, 3, 5, 5]), 3, 0, 4)),
      ),
    ).toMatchInlineSnapshot(`
      "block.conv2d: w [4, 3, 3, 3] f32 takes 3 channels, x [1, 2, 5, 5] f32 has 2
      block.conv2d: x is [3, 5, 5] f32, expected 4 axes
      block.conv2d: bias is [3] f32, expected [4]
      block.conv2d: w is [4, 3, 3, 3] f16, expected f32
      block.conv2dDirect: x [1, 3, 2, 5] f32 is smaller than the kernel w [4, 3, 3, 3] f32 with padding 0
      block.conv2dDirect: stride is 0, expected a whole number >= 1
      block.im2col: padding is 0.5, expected a whole number >= 0
      block.im2col: x [1, 3, 5, 4] f32 is not contiguous (strides [300, 100, 20, 4]); cont() it first"
    `);
  });
  test("views and copies", () => {
    expect(
      messages(
        () => t.slice(of([2, 3]), 1, 2, 2),
        () => t.slice(of([2, 3]), 2, 0, 1),
        () => t.slice(of([2, 3]), -3, 0, 1),
        () => t.slice(of([2, 3]), 0, 0, 0),
        () => t.slice(of([2, 64], "q8_0"), 1, 16, 32),
        () => t.slice(turned(2, 3), 0, 0, 2),
        () => t.unflatten(of([2, 6]), 1, [2, 4]),
        () => t.unflatten(of([2, 64], "q4_0"), 1, [4, 16]),
        () => t.unflatten(of([2, 2, 2, 6]), 3, [2, 3]),
        () => t.permute(of([2, 3]), [0, 0]),
        () => t.permute(of([2, 3]), [0, 1, 2]),
        () => t.permute(of([2, 64], "q8_0"), [1, 0]),
        () => t.reshape(of([2, 3]), [5]),
        () => t.reshape(turned(2, 3), [6]),
        () => t.reshape(of([2, 64], "q8_0"), [8, 16]),
        () => t.reshape(of([2, 3]), [1, 1, 1, 2, 3]),
        () => t.cast(of([2, 3], "i32"), "f32"),
        () => t.cast(of([2, 32]), "q8_0"),
        () => t.cast(of([2, 32], "q8_0"), "f16"),
        () => t.cont(t.permute(of([2, 3, 32], "q8_0"), [1, 0, 2])),
      ),
    ).toMatchInlineSnapshot(`
      "block.slice: 2 to 4 on axis 1 of x [2, 3] f32
      block.slice: axis 2 of [2, 3] f32
      block.slice: axis -3 of [2, 3] f32
      block.slice: 0 to 0 on axis 0 of x [2, 3] f32
      block.slice: 16 to 48 of x [2, 64] q8_0 cuts a block of 32
      block.slice: x [3, 2] f32 is strided on its last axis (12 bytes); cont() it first
      block.unflatten: [2, 4] does not multiply to axis 1 of x [2, 6] f32
      block.unflatten: [4, 16] cuts the blocks of x [2, 64] q4_0
      block.view: [2,2,2,2,3] is no shape of 1 to 4 axes
      block.permute: [0, 0] is no order of the 2 axes of x [2, 3] f32
      block.permute: [0, 1, 2] is no order of the 2 axes of x [2, 3] f32
      block.permute: [1, 0] moves the last axis of x [2, 64] q8_0, whose blocks lie along it
      block.reshape: x [2, 3] f32 has 6 elements, [5] 5
      block.reshape: x [3, 2] f32 is not contiguous (strides [4, 12]); cont() it first
      block.reshape: [8, 16] cuts the blocks of x [2, 64] q8_0
      block.reshape: [1,1,1,2,3] is no shape of 1 to 4 axes
      block.cast: x [2, 3] i32 to f32
      block.cast: x [2, 32] f32 to q8_0
      block.cast: x [2, 32] q8_0 to f16; block encodings become f32
      block.cont: x [3, 2, 32] q8_0 is strided; block encodings are not copied"
    `);
  });
});

test("what need not be done is no node", () => {
  const x = of([2, 3]);
  expect(t.cont(x)).toBe(x);
  expect(t.cast(x, "f32")).toBe(x);
  expect(t.reshape(x, [2, 3])).toBe(x);
  expect(t.slice(x, 0, 0, 2)).toBe(x);
});

test("an operand of another graph", () => {
  expect(() => t.add(of([2]), tensors()([2]))).toThrowErrorMatchingInlineSnapshot(
    `[ShapeError: block.add: an operand belongs to another graph]`,
  );
});
