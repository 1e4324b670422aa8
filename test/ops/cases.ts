import type { DType, Shape, Tensor } from "../../src/tensor/index.ts";
import * as t from "../../src/tensor/index.ts";
import type { At, Input, OpCase } from "./opCase.ts";
import { indices, maskOf, randomValues, type Values } from "./operands.ts";

/*
 * Every op, at odd sizes, with what broadcasts, with strided operands, batches and each encoding of weights. An entry gives operands, the
 * graph, the result's shape and its elements as a formula; ops.test.ts runs all of it on every backend of this machine.
 */

let seed = 1;
const carried = (...shape: number[]): Input => ({
  kind: "carried",
  dtype: "f32",
  values: randomValues("f32", shape, seed++),
});
const weight = (dtype: DType, ...shape: number[]): Input => ({
  kind: "weight",
  dtype,
  values: randomValues(dtype, shape, seed++),
});
const given = (dtype: DType, values: Values): Input => ({ kind: "carried", dtype, values });
const positive = (...shape: number[]): Input => {
  const values = randomValues("f32", shape, seed++);
  const floats = Float32Array.from(values.numbers, (n) => Math.abs(n) + 0.125);
  return {
    kind: "carried",
    dtype: "f32",
    values: { shape, bytes: new Uint8Array(floats.buffer), numbers: Float64Array.from(floats) },
  };
};
/** f32 values that an encoding holds exactly. */
const exactly = (dtype: DType, ...shape: number[]): Input => {
  const { numbers } = randomValues(dtype, shape, seed++);
  return given("f32", { shape, numbers, bytes: new Uint8Array(Float32Array.from(numbers).buffer) });
};

export const CASES: OpCase[] = [];

function add(
  op: string,
  name: string,
  inputs: Record<string, Input>,
  build: (t: Record<string, Tensor>) => Tensor,
  shape: Shape,
  expected: (at: Record<string, At>, index: number[]) => number,
  castWeights = false,
): void {
  CASES.push({ op, name, inputs, build, shape, expected, castWeights } as OpCase);
}

const sum = (n: number, f: (i: number) => number): number => {
  let total = 0;
  for (let i = 0; i < n; i++) total += f(i);
  return total;
};
const silu = (x: number): number => x / (1 + Math.exp(-x));
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
/** The softmax of `n` logits, at one of them. */
const soft = (n: number, logit: (i: number) => number, i: number): number => {
  const largest = Math.max(...Array.from({ length: n }, (_, j) => logit(j)));
  return Math.exp(logit(i) - largest) / sum(n, (j) => Math.exp(logit(j) - largest));
};

// mulMat and linear
for (const dtype of ["f32", "f16", "bf16", "q8_0", "q4_0"] as const) {
  add(
    "mulMat",
    `${dtype} [33, 64] x [7, 64]`,
    { w: weight(dtype, 33, 64), x: carried(7, 64) },
    ({ w, x }) => t.mulMat(w!, x!),
    [7, 33],
    ({ w, x }, [a, n]) => sum(64, (k) => w!(n!, k) * x!(a!, k)),
  );
  add(
    "linear",
    `${dtype} cast to f32, with bias`,
    { w: weight(dtype, 5, 96), x: carried(2, 3, 96), b: weight("f32", 5) },
    ({ w, x, b }) => t.linear(x!, w!, b!),
    [2, 3, 5],
    ({ w, x, b }, [n, a, o]) => b!(o!) + sum(96, (k) => w!(o!, k) * x!(n!, a!, k)),
    true,
  );
  add(
    "getRows",
    dtype,
    { table: weight(dtype, 9, 64), rows: given("i32", indices([8, 0, 3, 3, 5])) },
    ({ table, rows }) => t.getRows(table!, rows!),
    [5, 64],
    ({ table, rows }, [r, k]) => table!(rows!(r!), k!),
  );
  if (dtype !== "f32")
    add(
      "cast",
      `${dtype} to f32`,
      { w: weight(dtype, 3, 64) },
      ({ w }) => t.cast(w!, "f32"),
      [3, 64],
      ({ w }, [r, k]) => w!(r!, k!),
    );
}
add(
  "mulMat",
  "one value",
  { w: weight("f32", 1, 1), x: carried(1, 1) },
  ({ w, x }) => t.mulMat(w!, x!),
  [1, 1],
  ({ w, x }) => w!(0, 0) * x!(0, 0),
);
add(
  "mulMat",
  "rows of 257, one vector",
  { w: weight("f32", 3, 257), x: carried(257) },
  ({ w, x }) => t.mulMat(w!, x!),
  [3],
  ({ w, x }, [n]) => sum(257, (k) => w!(n!, k) * x!(k)),
);
add(
  "mulMat",
  "a matrix for each batch, shared by heads",
  { w: carried(2, 2, 5, 8), x: carried(2, 4, 3, 8) },
  ({ w, x }) => t.mulMat(w!, x!),
  [2, 4, 3, 5],
  ({ w, x }, [b, h, a, n]) => sum(8, (k) => w!(b!, Math.floor(h! / 2), n!, k) * x!(b!, h!, a!, k)),
);
add(
  "mulMat",
  "strided activations",
  { w: weight("f32", 5, 8), x: carried(3, 4, 24) },
  ({ w, x }) => t.mulMat(w!, t.slice(x!, -1, 8, 8)),
  [3, 4, 5],
  ({ w, x }, [b, a, n]) => sum(8, (k) => w!(n!, k) * x!(b!, a!, 8 + k)),
);
add(
  "mulMat",
  "permuted operands",
  { w: carried(5, 2, 8), x: carried(3, 2, 8) },
  ({ w, x }) => t.mulMat(t.permute(w!, [1, 0, 2]), t.permute(x!, [1, 0, 2])),
  [2, 3, 5],
  ({ w, x }, [h, a, n]) => sum(8, (k) => w!(n!, h!, k) * x!(a!, h!, k)),
);
add(
  "mulMat",
  "some rows of a q8_0 weight",
  { w: weight("q8_0", 9, 32), x: carried(4, 32) },
  ({ w, x }) => t.mulMat(t.slice(w!, 0, 3, 5), x!),
  [4, 5],
  ({ w, x }, [a, n]) => sum(32, (k) => w!(3 + n!, k) * x!(a!, k)),
);

// add, sub, mul, div
const BINARY = {
  add: [t.add, (a: number, b: number) => a + b],
  sub: [t.sub, (a: number, b: number) => a - b],
  mul: [t.mul, (a: number, b: number) => a * b],
  div: [t.div, (a: number, b: number) => a / b],
} as const;
for (const [op, [build, of]] of Object.entries(BINARY)) {
  const operands = (b: Input) => ({ a: carried(2, 3, 5, 7), b });
  add(
    op,
    "equal shapes",
    operands(positive(2, 3, 5, 7)),
    ({ a, b }) => build(a!, b!),
    [2, 3, 5, 7],
    ({ a, b }, i) => of(a!(...i), b!(...i)),
  );
  add(
    op,
    "a vector",
    operands(positive(7)),
    ({ a, b }) => build(a!, b!),
    [2, 3, 5, 7],
    ({ a, b }, i) => of(a!(...i), b!(i[3]!)),
  );
  add(
    op,
    "a channel's value",
    operands(positive(3, 1, 1)),
    ({ a, b }) => build(a!, b!),
    [2, 3, 5, 7],
    ({ a, b }, i) => of(a!(...i), b!(i[1]!, 0, 0)),
  );
  add(
    op,
    "a batch's vectors",
    operands(positive(2, 1, 1, 7)),
    ({ a, b }) => build(a!, b!),
    [2, 3, 5, 7],
    ({ a, b }, i) => of(a!(...i), b!(i[0]!, 0, 0, i[3]!)),
  );
  add(
    op,
    "repeated within an axis",
    { a: carried(4, 6), b: positive(2, 3) },
    ({ a, b }) => build(a!, b!),
    [4, 6],
    ({ a, b }, [r, c]) => of(a!(r!, c!), b!(r! % 2, c! % 3)),
  );
  add(
    op,
    "strided operands",
    { a: carried(3, 5, 8), b: positive(2, 3, 4) },
    ({ a, b }) => build(t.permute(t.slice(a!, 2, 1, 4), [1, 0, 2]), t.slice(b!, 0, 1, 1)),
    [5, 3, 4],
    ({ a, b }, [i, j, k]) => of(a!(j!, i!, k! + 1), b!(1, j!, k!)),
  );
}
add(
  "add",
  "to itself",
  { a: carried(3, 5) },
  ({ a }) => t.add(a!, a!),
  [3, 5],
  ({ a }, i) => 2 * a!(...i),
);

// elementwise
add(
  "scale",
  "factor and bias",
  { x: carried(3, 5, 7) },
  ({ x }) => t.scale(x!, -1.5, 0.25),
  [3, 5, 7],
  ({ x }, i) => x!(...i) * -1.5 + 0.25,
);
add(
  "scale",
  "factor",
  { x: carried(257) },
  ({ x }) => t.scale(x!, 3),
  [257],
  ({ x }, i) => x!(...i) * 3,
);
const UNARY = {
  silu: [t.silu, silu],
  sigmoid: [t.sigmoid, sigmoid],
  sqr: [t.sqr, (x: number) => x * x],
  sqrt: [t.sqrt, Math.sqrt],
  neg: [t.neg, (x: number) => -x],
} as const;
for (const [op, [build, of]] of Object.entries(UNARY))
  for (const shape of [[1], [3, 255], [2, 3, 5, 7]])
    add(
      op,
      `[${shape}]`,
      { x: op === "sqrt" ? positive(...shape) : carried(...shape) },
      ({ x }) => build(x!),
      shape,
      ({ x }, i) => of(x!(...i)),
    );
add(
  "swiglu",
  "rows of 2 x 33",
  { x: carried(2, 3, 66) },
  ({ x }) => t.swiglu(x!),
  [2, 3, 33],
  ({ x }, [b, r, i]) => silu(x!(b!, r!, i!)) * x!(b!, r!, 33 + i!),
);
add(
  "swiglu",
  "rows inside wider ones",
  { x: carried(2, 3, 20) },
  ({ x }) => t.swiglu(t.slice(x!, 2, 6, 14)),
  [2, 3, 7],
  ({ x }, [b, r, i]) => silu(x!(b!, r!, 6 + i!)) * x!(b!, r!, 13 + i!),
);
add(
  "swigluSplit",
  "two tensors",
  { a: carried(5, 7), b: carried(5, 7) },
  ({ a, b }) => t.swigluSplit(a!, b!),
  [5, 7],
  ({ a, b }, i) => silu(a!(...i)) * b!(...i),
);
add(
  "swigluSplit",
  "two views of one",
  { x: carried(4, 18) },
  ({ x }) => t.swigluSplit(t.slice(x!, 1, 9, 9), t.slice(x!, 1, 0, 9)),
  [4, 9],
  ({ x }, [r, i]) => silu(x!(r!, 9 + i!)) * x!(r!, i!),
);

// norms
const mean = (n: number, x: (i: number) => number) => sum(n, x) / n;
const variance = (n: number, x: (i: number) => number) => {
  const m = mean(n, x);
  return mean(n, (i) => (x(i) - m) ** 2);
};
for (const [rows, width] of [
  [1, 1],
  [3, 255],
  [2, 257],
] as const) {
  add(
    "norm",
    `[${rows}, ${width}]`,
    { x: carried(rows, width) },
    ({ x }) => t.norm(x!, 1e-5),
    [rows, width],
    ({ x }, [r, c]) => {
      const row = (i: number) => x!(r!, i);
      return (row(c!) - mean(width, row)) / Math.sqrt(variance(width, row) + 1e-5);
    },
  );
  add(
    "rmsNorm",
    `[${rows}, ${width}]`,
    { x: carried(rows, width) },
    ({ x }) => t.rmsNorm(x!, 1e-6),
    [rows, width],
    ({ x }, [r, c]) => x!(r!, c!) / Math.sqrt(mean(width, (i) => x!(r!, i) ** 2) + 1e-6),
  );
}
add(
  "rmsNorm",
  "heads inside a row of q, k and v",
  { x: carried(2, 3, 24) },
  ({ x }) => t.rmsNorm(t.unflatten(t.slice(x!, 2, 8, 8), 2, [2, 4]), 1e-6),
  [2, 3, 2, 4],
  ({ x }, [b, r, h, c]) =>
    x!(b!, r!, 8 + 4 * h! + c!) / Math.sqrt(mean(4, (i) => x!(b!, r!, 8 + 4 * h! + i) ** 2) + 1e-6),
);
add(
  "norm",
  "tokens of a joined sequence",
  { x: carried(2, 5, 9) },
  ({ x }) => t.norm(t.slice(x!, 1, 2, 3), 1e-6),
  [2, 3, 9],
  ({ x }, [b, r, c]) => {
    const row = (i: number) => x!(b!, 2 + r!, i);
    return (row(c!) - mean(9, row)) / Math.sqrt(variance(9, row) + 1e-6);
  },
);
for (const [shape, groups] of [
  [[1, 4, 3, 5], 2],
  [[2, 6, 5, 3], 3],
  [[1, 3, 7, 7], 1],
] as const)
  add(
    "groupNorm",
    `[${shape}] in ${groups}`,
    { x: carried(...shape) },
    ({ x }) => t.groupNorm(x!, groups, 1e-6),
    shape,
    ({ x }, [n, c, y, z]) => {
      const [, channels, height, width] = shape;
      const size = channels / groups;
      const value = (i: number) =>
        x!(
          n!,
          Math.floor(c! / size) * size + Math.floor(i / (height * width)),
          Math.floor(i / width) % height,
          i % width,
        );
      const count = size * height * width;
      return (x!(n!, c!, y!, z!) - mean(count, value)) / Math.sqrt(variance(count, value) + 1e-6);
    },
  );

// softmax and attention
add(
  "softMax",
  "no mask",
  { x: carried(2, 3, 33) },
  ({ x }) => t.softMax(x!, 4),
  [2, 3, 33],
  ({ x }, [b, r, c]) => soft(33, (i) => 4 * x!(b!, r!, i), c!),
);
add(
  "softMax",
  "a causal f16 mask for all heads",
  {
    x: carried(2, 3, 5, 5),
    m: given(
      "f16",
      maskOf(5, 5, (r, c) => c <= r),
    ),
  },
  ({ x, m }) => t.softMax(x!, 0.5, m!),
  [2, 3, 5, 5],
  ({ x, m }, [b, h, r, c]) => soft(5, (i) => 0.5 * x!(b!, h!, r!, i) + m!(r!, i), c!),
);
add(
  "softMax",
  "an f32 bias for each head",
  { x: carried(2, 3, 4, 5), m: carried(3, 4, 5) },
  ({ x, m }) => t.softMax(x!, 1, m!),
  [2, 3, 4, 5],
  ({ x, m }, [b, h, r, c]) => soft(5, (i) => x!(b!, h!, r!, i) + m!(h!, r!, i), c!),
);
const attention = (
  name: string,
  inputs: Record<string, Input>,
  build: (x: Record<string, Tensor>) => Tensor,
  [batch, tokens, heads, width, keys, depth]: [number, number, number, number, number, number],
  scale: number,
  q: (at: Record<string, At>, b: number, h: number, r: number, i: number) => number,
  k: (at: Record<string, At>, b: number, h: number, s: number, i: number) => number,
  v: (at: Record<string, At>, b: number, h: number, s: number, i: number) => number,
) =>
  add("flashAttention", name, inputs, build, [batch, tokens, heads, width], (at, [b, r, h, c]) => {
    const logit = (s: number) =>
      scale * sum(depth, (i) => q(at, b!, h!, r!, i) * k(at, b!, h!, s, i)) + (at["m"]?.(r!, s) ?? 0);
    const largest = Math.max(...Array.from({ length: keys }, (_, s) => logit(s)));
    const all = sum(keys, (s) => Math.exp(logit(s) - largest));
    return sum(keys, (s) => (Math.exp(logit(s) - largest) / all) * v(at, b!, h!, s, c!));
  });
attention(
  "[2, 3] heads of 32",
  { q: carried(2, 3, 5, 32), k: carried(2, 3, 7, 32), v: carried(2, 3, 7, 32) },
  ({ q, k, v }) => t.flashAttention(q!, k!, v!, 32 ** -0.5),
  [2, 5, 3, 32, 7, 32],
  32 ** -0.5,
  (at, b, h, r, i) => at["q"]!(b, h, r, i),
  (at, b, h, s, i) => at["k"]!(b, h, s, i),
  (at, b, h, s, i) => at["v"]!(b, h, s, i),
);
attention(
  "4 heads share 2, causal",
  {
    q: carried(1, 4, 9, 64),
    k: carried(1, 2, 9, 64),
    v: carried(1, 2, 9, 64),
    m: given(
      "f16",
      maskOf(9, 9, (r, c) => c <= r),
    ),
  },
  ({ q, k, v, m }) => t.flashAttention(q!, k!, v!, 0.125, m!),
  [1, 9, 4, 64, 9, 64],
  0.125,
  (at, b, h, r, i) => at["q"]!(b, h, r, i),
  (at, b, h, s, i) => at["k"]!(b, Math.floor(h / 2), s, i),
  (at, b, h, s, i) => at["v"]!(b, Math.floor(h / 2), s, i),
);
attention(
  "f16 keys and values",
  { q: carried(1, 2, 3, 64), k: weight("f16", 1, 2, 33, 64), v: weight("f16", 1, 2, 33, 64) },
  ({ q, k, v }) => t.flashAttention(q!, k!, v!, 0.125),
  [1, 3, 2, 64, 33, 64],
  0.125,
  (at, b, h, r, i) => at["q"]!(b, h, r, i),
  (at, b, h, s, i) => at["k"]!(b, h, s, i),
  (at, b, h, s, i) => at["v"]!(b, h, s, i),
);
{
  const head = (x: Tensor, i: number) => t.permute(t.unflatten(t.slice(x, 2, i * 64, 64), 2, [2, 32]), [0, 2, 1, 3]);
  const part = (n: number) => (at: Record<string, At>, b: number, h: number, r: number, i: number) =>
    at["x"]!(b, r, 64 * n + 32 * h + i);
  attention(
    "q, k, v as views of one row",
    { x: carried(2, 5, 192) },
    ({ x }) => t.flashAttention(head(x!, 0), head(x!, 1), head(x!, 2), 0.25),
    [2, 5, 2, 32, 5, 32],
    0.25,
    part(0),
    part(1),
    part(2),
  );
}

// rearranging
for (const axis of [0, 1, 2, 3]) {
  const shape = [2, 3, 5, 7];
  const other = shape.map((n, i) => (i === axis ? 4 : n));
  add(
    "concat",
    `axis ${axis}`,
    { a: carried(...shape), b: carried(...other) },
    ({ a, b }) => t.concat(a!, b!, axis),
    shape.map((n, i) => (i === axis ? n + 4 : n)),
    ({ a, b }, i) => (i[axis]! < shape[axis]! ? a!(...i) : b!(...i.map((n, k) => (k === axis ? n - shape[axis]! : n)))),
  );
}
add(
  "concat",
  "strided operands",
  { a: carried(3, 4, 8), b: carried(4, 2, 5) },
  ({ a, b }) => t.concat(t.permute(t.slice(a!, 2, 3, 5), [1, 0, 2]), b!, 1),
  [4, 5, 5],
  ({ a, b }, [i, j, k]) => (j! < 3 ? a!(j!, i!, 3 + k!) : b!(i!, j! - 3, k!)),
);
add(
  "roll",
  "pairs",
  { x: carried(3, 5, 4, 2) },
  ({ x }) => t.roll(x!, [0, 0, 0, 1]),
  [3, 5, 4, 2],
  ({ x }, [a, b, c, d]) => x!(a!, b!, c!, (d! + 1) % 2),
);
add(
  "roll",
  "every axis, backwards and far",
  { x: carried(3, 5, 7) },
  ({ x }) => t.roll(x!, [-1, 12, 3]),
  [3, 5, 7],
  ({ x }, [a, b, c]) => x!((a! + 1) % 3, (b! + 3) % 5, (c! + 4) % 7),
);
add(
  "pad",
  "every axis",
  { x: carried(2, 3, 5, 7) },
  ({ x }) => t.pad(x!, [1, 0, 2, 3]),
  [3, 3, 7, 10],
  ({ x }, [a, b, c, d]) => (a! < 2 && c! < 5 && d! < 7 ? x!(a!, b!, c!, d!) : 0),
);
add(
  "pad",
  "a plane",
  { x: carried(3, 5) },
  ({ x }) => t.pad(x!, [1, 1]),
  [4, 6],
  ({ x }, [r, c]) => (r! < 3 && c! < 5 ? x!(r!, c!) : 0),
);
add(
  "upscale",
  "2",
  { x: carried(2, 3, 5, 7) },
  ({ x }) => t.upscale(x!, 2),
  [2, 3, 10, 14],
  ({ x }, [a, b, c, d]) => x!(a!, b!, c! >> 1, d! >> 1),
);
add(
  "upscale",
  "3, a plane",
  { x: carried(5, 2) },
  ({ x }) => t.upscale(x!, 3),
  [15, 6],
  ({ x }, [r, c]) => x!(Math.floor(r! / 3), Math.floor(c! / 3)),
);

// convolutions
for (const [kernel, image, stride, padding] of [
  [[5, 3, 3, 3], [1, 3, 7, 6], 1, 1],
  [[4, 2, 3, 3], [2, 2, 9, 5], 2, 0],
  [[3, 4, 1, 1], [2, 4, 5, 3], 1, 0],
  [[2, 3, 5, 3], [1, 3, 6, 8], 2, 2],
] as const) {
  const [outChannels, channels, kernelHeight, kernelWidth] = kernel;
  const [images, , height, width] = image;
  const outHeight = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1;
  const outWidth = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1;
  const inputs = () => ({ w: weight("f32", ...kernel), x: carried(...image), b: weight("f32", outChannels) });
  const pixel = (x: At, n: number, c: number, y: number, z: number) =>
    y >= 0 && y < height && z >= 0 && z < width ? x(n, c, y, z) : 0;
  const name = `[${kernel}] on [${image}], stride ${stride}, padding ${padding}`;
  const conv = ({ w, x }: Record<string, At>, [n, o, y, z]: number[]) =>
    sum(channels, (c) =>
      sum(kernelHeight, (i) =>
        sum(
          kernelWidth,
          (j) => w!(o!, c, i, j) * pixel(x!, n!, c, y! * stride + i - padding, z! * stride + j - padding),
        ),
      ),
    );
  const shape = [images, outChannels, outHeight, outWidth];
  add("conv2dDirect", name, inputs(), ({ w, x }) => t.conv2dDirect(w!, x!, { stride, padding }), shape, conv);
  add(
    "conv2d",
    name,
    inputs(),
    ({ w, x, b }) => t.conv2d(x!, w!, b!, { stride, padding }),
    shape,
    (at, i) => conv(at, i) + at["b"]!(i[1]!),
  );
  add(
    "im2col",
    name,
    inputs(),
    ({ w, x }) => t.im2col(w!, x!, { stride, padding }),
    [images, outHeight, outWidth, channels * kernelHeight * kernelWidth],
    ({ x }, [n, y, z, k]) => {
      const [c, i, j] = [
        Math.floor(k! / (kernelHeight * kernelWidth)),
        Math.floor(k! / kernelWidth) % kernelHeight,
        k! % kernelWidth,
      ];
      return pixel(x!, n!, c, y! * stride + i - padding, z! * stride + j - padding);
    },
  );
}

// views, copies
add(
  "slice",
  "each axis",
  { x: carried(4, 5, 6, 7) },
  ({ x }) => [0, 1, 2, 3].reduce((y, axis) => t.slice(y, axis, axis, 3), x!),
  [3, 3, 3, 3],
  ({ x }, [a, b, c, d]) => x!(a!, b! + 1, c! + 2, d! + 3),
);
add(
  "slice",
  "of an activation",
  { x: carried(4, 6) },
  ({ x }) => t.slice(t.scale(x!, 2), 1, 2, 3),
  [4, 3],
  ({ x }, [r, c]) => 2 * x!(r!, c! + 2),
);
add(
  "unflatten",
  "a strided axis",
  { x: carried(2, 6, 8) },
  ({ x }) => t.unflatten(t.slice(x!, 2, 2, 4), 1, [3, 2]),
  [2, 3, 2, 4],
  ({ x }, [a, b, c, d]) => x!(a!, 2 * b! + c!, d! + 2),
);
add(
  "permute",
  "all four axes",
  { x: carried(2, 3, 5, 7) },
  ({ x }) => t.permute(x!, [3, 1, 0, 2]),
  [7, 3, 2, 5],
  ({ x }, [a, b, c, d]) => x!(c!, b!, d!, a!),
);
add(
  "permute",
  "three axes, turned twice",
  { x: carried(2, 3, 5) },
  ({ x }) => t.permute(t.permute(x!, [1, 2, 0]), [1, 2, 0]),
  [5, 2, 3],
  ({ x }, [a, b, c]) => x!(b!, c!, a!),
);
add(
  "reshape",
  "4 axes to 1",
  { x: carried(2, 3, 5, 7) },
  ({ x }) => t.reshape(t.neg(x!), [210]),
  [210],
  ({ x }, [i]) => -x!(Math.floor(i! / 105), Math.floor(i! / 35) % 3, Math.floor(i! / 7) % 5, i! % 7),
);
add(
  "cont",
  "a transposed matrix",
  { x: carried(5, 7) },
  ({ x }) => t.reshape(t.cont(t.permute(x!, [1, 0])), [35]),
  [35],
  ({ x }, [i]) => x!(i! % 5, Math.floor(i! / 5)),
);
add(
  "cont",
  "2x2 unpacking",
  { x: carried(8, 3, 5) },
  ({ x }) => {
    const halves = t.cont(t.permute(t.reshape(x!, [2, 4, 3, 5]), [0, 2, 1, 3]));
    return t.cont(t.permute(t.reshape(halves, [2, 3, 4, 5]), [1, 0, 3, 2]));
  },
  [3, 2, 5, 4],
  ({ x }, [a, b, c, d]) => x!(b! * 4 + d!, a!, c!),
);
for (const dtype of ["f16", "bf16"] as const)
  add(
    "cast",
    `f32 to ${dtype} and back`,
    { x: exactly(dtype, 5, 7) },
    ({ x }) => t.cast(t.cast(x!, dtype), "f32"),
    [5, 7],
    ({ x }, i) => x!(...i),
  );
add(
  "cast",
  "a turned matrix to f16 and back",
  { x: exactly("f16", 4, 8) },
  ({ x }) => t.cast(t.cast(t.permute(x!, [1, 0]), "f16"), "f32"),
  [8, 4],
  ({ x }, [r, c]) => x!(c!, r!),
);
