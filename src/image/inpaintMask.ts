import { gridOfMask, maskOfGrid } from "./grids.ts";
import { type ImageBatch, imageBatch } from "./image.ts";
import type { MaskBatch } from "./mask.ts";
import { resample } from "./resample.ts";
import { roundHalfEven } from "./roundHalfEven.ts";

/** A mask as large as a picture. */
export const fitMask = (
  mask: MaskBatch,
  { width, height }: { readonly width: number; readonly height: number },
): MaskBatch => maskOfGrid(resample(gridOfMask(mask), width, height, "bilinear"));

/** Grey where the mask, rounded, is 1: what is to be made anew does not show through. A lone mask serves every picture. */
export function greyOut(image: ImageBatch, mask: MaskBatch): ImageBatch {
  const { channels, width, height } = image;
  const cells = width * height;
  const data = image.data.map((value, i) => {
    const cell = Math.floor(i / channels);
    const kept = 1 - roundHalfEven(mask.data[(Math.floor(cell / cells) % mask.batch) * cells + (cell % cells)]!);
    return i % channels < 3 ? (value - 0.5) * kept + 0.5 : value;
  });
  return imageBatch(image, data);
}

/**
 * 1 wherever a square of `side` cells around a cell meets the rounded mask, else 0. An even square reaches one cell further up and left
 * of the size it should keep, as in ComfyUI. Side 0: the rounded mask itself.
 */
export function dilateSquare(mask: MaskBatch, side: number): MaskBatch {
  const { width, height, batch } = mask;
  const rounded = mask.data.map(roundHalfEven);
  if (side === 0) return { ...mask, data: rounded };
  const before = Math.ceil((side - 1) / 2);
  const out = new Float32Array(rounded.length);
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let found = 0;
        for (let row = Math.max(y - before, 0); row < Math.min(y - before + side, height) && !found; row++)
          for (let column = Math.max(x - before, 0); column < Math.min(x - before + side, width) && !found; column++)
            if (rounded[(n * height + row) * width + column] !== 0) found = 1;
        out[(n * height + y) * width + x] = found;
      }
  return { ...mask, data: out };
}
