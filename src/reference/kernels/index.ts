import type { OpName } from "../../tensor/program.ts";
import type { Kernel } from "../kernel.ts";
import { binary } from "./binary.ts";
import { conv2dDirect, im2col } from "./convolution.ts";
import { flashAttention } from "./flashAttention.ts";
import { mulMat } from "./mulMat.ts";
import { groupNorm, norm, rmsNorm } from "./norm.ts";
import { concat, copy, getRows, pad, roll, upscale } from "./rearrange.ts";
import { softMax } from "./softMax.ts";
import { swiglu, swigluSplit } from "./swiglu.ts";
import { unary } from "./unary.ts";

const view: Kernel = () => {};

/** How each op is computed. Views compute nothing. */
export const KERNELS: Readonly<Record<OpName, Kernel>> = {
  mulMat,
  add: binary((a, b) => a + b),
  sub: binary((a, b) => a - b),
  mul: binary((a, b) => a * b),
  div: binary((a, b) => a / b),
  scale: unary((x, { factor, bias }) => x * (factor as number) + (bias as number)),
  silu: unary((x) => x / (1 + Math.exp(-x))),
  sigmoid: unary((x) => 1 / (1 + Math.exp(-x))),
  sqr: unary((x) => x * x),
  sqrt: unary(Math.sqrt),
  neg: unary((x) => -x),
  swiglu,
  swigluSplit,
  norm,
  rmsNorm,
  groupNorm,
  softMax,
  flashAttention,
  concat,
  roll,
  pad,
  upscale,
  im2col,
  conv2dDirect,
  getRows,
  view,
  reshape: view,
  permute: view,
  cont: copy,
  cast: copy,
  copy,
};
