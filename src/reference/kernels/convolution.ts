import { elements } from "../../tensor/dtype.ts";
import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { store } from "../store.ts";

/** Patches under the kernel, zeros outside. w: [Co, Ci, kh, kw], x: [N, Ci, H, W] -> [N, H', W', Ci * kh * kw]. */
export const im2col: Kernel = ([w, x], out, params) => {
  const { stride, padding } = params as { stride: number; padding: number };
  const [, channels, kernelHeight, kernelWidth] = w!.shape as [number, number, number, number];
  const [, , height, width] = x!.shape as [number, number, number, number];
  const [images, outHeight, outWidth] = out.shape as [number, number, number];
  const values = load(x!);
  const y = new Float64Array(elements(out.shape));
  let to = 0;
  for (let n = 0; n < images; n++)
    for (let oy = 0; oy < outHeight; oy++)
      for (let ox = 0; ox < outWidth; ox++)
        for (let c = 0; c < channels; c++)
          for (let ky = 0; ky < kernelHeight; ky++)
            for (let kx = 0; kx < kernelWidth; kx++, to++) {
              const iy = oy * stride + ky - padding;
              const ix = ox * stride + kx - padding;
              if (iy >= 0 && iy < height && ix >= 0 && ix < width)
                y[to] = values[((n * channels + c) * height + iy) * width + ix]!;
            }
  store(out, y);
};

/** w: [Co, Ci, kh, kw], x: [N, Ci, H, W] -> [N, Co, H', W']. Innermost is one row of pixels under one weight. */
export const conv2dDirect: Kernel = ([w, x], out, params) => {
  const { stride, padding } = params as { stride: number; padding: number };
  const [, channels, kernelHeight, kernelWidth] = w!.shape as [number, number, number, number];
  const [, , height, width] = x!.shape as [number, number, number, number];
  const [images, outChannels, outHeight, outWidth] = out.shape as [number, number, number, number];
  const [kernel, values] = [load(w!), load(x!)];
  const y = new Float64Array(elements(out.shape));
  for (let n = 0; n < images; n++)
    for (let o = 0; o < outChannels; o++)
      for (let c = 0; c < channels; c++)
        for (let ky = 0; ky < kernelHeight; ky++)
          for (let kx = 0; kx < kernelWidth; kx++) {
            const weight = kernel[((o * channels + c) * kernelHeight + ky) * kernelWidth + kx]!;
            // The pixels ox whose source column ox * stride + kx - padding lies in the image.
            const first = Math.max(0, Math.ceil((padding - kx) / stride));
            const end = Math.min(outWidth, Math.floor((width - 1 + padding - kx) / stride) + 1);
            for (let oy = 0; oy < outHeight; oy++) {
              const iy = oy * stride + ky - padding;
              if (iy < 0 || iy >= height) continue;
              const to = ((n * outChannels + o) * outHeight + oy) * outWidth;
              const from = ((n * channels + c) * height + iy) * width + kx - padding;
              for (let ox = first; ox < end; ox++) y[to + ox]! += weight * values[from + ox * stride]!;
            }
          }
  store(out, y);
};
