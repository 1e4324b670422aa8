import { roundHalfEven } from "./roundHalfEven.ts";

/** The size with the same proportions and about `megapixels` times 1024 x 1024 pixels, each side a multiple of `multiple`. */
export function totalPixels(width: number, height: number, megapixels: number, multiple: number) {
  const scale = Math.sqrt((megapixels * 1024 * 1024) / (width * height));
  const side = (pixels: number) => roundHalfEven((pixels * scale) / multiple) * multiple;
  return { width: side(width), height: side(height) };
}
