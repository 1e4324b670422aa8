import { gridOfImage, imageOfGrid } from "./grids.ts";
import { type ImageBatch, imageBatch } from "./image.ts";
import type { MaskBatch } from "./mask.ts";
import { paste } from "./paste.ts";

export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Grey margins around pictures, and a mask [1, height, width] of what is to be made: 1 in the margins, falling with the square of the
 * distance over `feathering` pixels into the picture, at sides that have a margin. No falling where it would take more than half a side.
 */
export function padForOutpaint(
  image: ImageBatch,
  { left, top, right, bottom }: Margins,
  feathering: number,
): { readonly image: ImageBatch; readonly mask: MaskBatch } {
  const size = { width: image.width + left + right, height: image.height + top + bottom };
  const grey = imageBatch({ ...image, ...size });
  grey.data.fill(0.5);
  const mask = new Float32Array(size.width * size.height).fill(1);
  const falls = feathering > 0 && 2 * feathering < image.height && 2 * feathering < image.width;
  for (let y = 0; y < image.height; y++)
    for (let x = 0; x < image.width; x++) {
      const distance = Math.min(
        top > 0 ? y : image.height,
        bottom > 0 ? image.height - y : image.height,
        left > 0 ? x : image.width,
        right > 0 ? image.width - x : image.width,
      );
      const share = falls && distance < feathering ? (feathering - distance) / feathering : 0;
      mask[(top + y) * size.width + left + x] = share * share;
    }
  return {
    image: imageOfGrid(paste(gridOfImage(grey), gridOfImage(image), left, top)),
    mask: { batch: 1, ...size, data: mask },
  };
}
