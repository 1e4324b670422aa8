import type { Tensor } from "../graph.ts";
import { add } from "./binary.ts";
import { expectShape } from "./checks.ts";
import { conv2dDirect } from "./conv2dDirect.ts";
import { type ConvOptions, checkConvolution } from "./convolution.ts";
import { im2col } from "./im2col.ts";
import { mulMat } from "./mulMat.ts";
import { reshape } from "./reshape.ts";

/** Patches up to this many bytes are worth their memory: 10-45 % faster than the direct kernel on the CPU. Above, direct needs less. */
const PATCH_BYTES = 16 * 2 ** 20;

/**
 * A convolution, exact in f32. w: [Co, Ci, kh, kw], x: [N, Ci, H, W], bias: [Co], all f32 and contiguous; the result is [N, Co, H', W'].
 * Composite; which kernel follows from the shapes alone, so that the same model makes the same graph under any budget. ggml's own
 * conv_2d is not among them: it rounds the patches to f16. Throws ShapeError.
 */
export function conv2d(x: Tensor, w: Tensor, bias?: Tensor, options: ConvOptions = {}): Tensor {
  const { images, outChannels, outHeight, outWidth, patch } = checkConvolution("conv2d", w, x, options);
  const pixels = outHeight * outWidth;
  const small = images === 1 && w.shape[2] === 3 && w.shape[3] === 3 && 4 * patch * pixels <= PATCH_BYTES;
  const y = small
    ? reshape(
        // The patches are the "weight": the result is [Co, pixels], which is the image's own order.
        mulMat(reshape(im2col(w, x, options), [pixels, patch]), reshape(w, [outChannels, patch])),
        [1, outChannels, outHeight, outWidth],
      )
    : conv2dDirect(w, x, options);
  if (!bias) return y;
  expectShape("conv2d", "bias", bias, [outChannels]);
  return add(y, reshape(bias, [outChannels, 1, 1]));
}
