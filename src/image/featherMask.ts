import type { MaskBatch } from "./mask.ts";
import type { Margins } from "./padForOutpaint.ts";

/** Fades a mask towards its edges, evenly over as many cells as given. */
export function featherMask(mask: MaskBatch, margins: Margins): MaskBatch {
  const { width, height } = mask;
  const fade = (cells: number, size: number, distance: number) => Math.min((distance + 1) / Math.min(cells, size), 1);
  const data = mask.data.map((value, i) => {
    const x = i % width;
    const y = Math.floor(i / width) % height;
    if (margins.left > 0) value *= fade(margins.left, width, x);
    if (margins.right > 0) value *= fade(margins.right, width, width - 1 - x);
    if (margins.top > 0) value *= fade(margins.top, height, y);
    if (margins.bottom > 0) value *= fade(margins.bottom, height, height - 1 - y);
    return value;
  });
  return { ...mask, data };
}
