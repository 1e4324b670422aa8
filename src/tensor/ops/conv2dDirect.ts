import type { Tensor } from "../graph.ts";
import { type ConvOptions, checkConvolution } from "./convolution.ts";

/** The convolution of x [N, Ci, H, W] with w [Co, Ci, kh, kw] in f32: [N, Co, H', W']. Both contiguous. Throws ShapeError. */
export function conv2dDirect(w: Tensor, x: Tensor, options: ConvOptions = {}): Tensor {
  const op = "conv2dDirect";
  const { images, outChannels, outHeight, outWidth, patch, params } = checkConvolution(op, w, x, options);
  const shape = [images, outChannels, outHeight, outWidth];
  const flops = 2 * patch * images * outChannels * outHeight * outWidth;
  return x.graph.add({ op, inputs: [w, x], params, dtype: "f32", shape, flops });
}
