import type { Tensor } from "../graph.ts";
import { type ConvOptions, checkConvolution } from "./convolution.ts";

/**
 * The patch of x under the kernel at each place: [N, H', W', Ci * kh * kw] f32, zeros outside. w: [Co, Ci, kh, kw] f32 gives the kernel's
 * size only; x: [N, Ci, H, W] f32; both contiguous. Throws ShapeError.
 */
export function im2col(w: Tensor, x: Tensor, options: ConvOptions = {}): Tensor {
  const op = "im2col";
  const { images, outHeight, outWidth, patch, params } = checkConvolution(op, w, x, options);
  return x.graph.add({ op, inputs: [w, x], params, dtype: "f32", shape: [images, outHeight, outWidth, patch] });
}
