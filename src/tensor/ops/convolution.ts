import type { Tensor } from "../graph.ts";
import { expectContiguous, expectF32, expectRank, expectWhole, refuse, show } from "./checks.ts";

/** Pixels, the same in both directions; padding is zeros on all four sides. */
export interface ConvOptions {
  readonly stride?: number;
  readonly padding?: number;
}

/** Checks a kernel w [Co, Ci, kh, kw] f32 and an image x [N, Ci, H, W] f32, both contiguous, and counts the pixels of the result. */
export function checkConvolution(op: string, w: Tensor, x: Tensor, { stride = 1, padding = 0 }: ConvOptions) {
  for (const [name, t] of [
    ["w", w],
    ["x", x],
  ] as const) {
    expectF32(op, name, t);
    expectRank(op, name, t, 4);
    expectContiguous(op, name, t);
  }
  expectWhole(op, x, "stride", stride, 1);
  expectWhole(op, x, "padding", padding, 0);
  const [outChannels, wc, kernelHeight, kernelWidth] = w.shape as [number, number, number, number];
  const [images, channels, height, width] = x.shape as [number, number, number, number];
  if (wc !== channels) refuse(x, op, `w ${show(w)} takes ${wc} channels, x ${show(x)} has ${channels}`);
  const size = (pixels: number, kernel: number) => Math.floor((pixels + 2 * padding - kernel) / stride) + 1;
  const outHeight = size(height, kernelHeight);
  const outWidth = size(width, kernelWidth);
  if (outHeight < 1 || outWidth < 1)
    refuse(x, op, `x ${show(x)} is smaller than the kernel w ${show(w)} with padding ${padding}`);
  const params = { stride, padding };
  const patch = channels * kernelHeight * kernelWidth;
  return { images, outChannels, outHeight, outWidth, patch, params };
}
