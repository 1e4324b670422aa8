import type { Preview } from "../../workflow/executionEvent.ts";
import type { Bitmap } from "./bitmap.ts";

/** Longest side of a preview, whatever the latent's size: as recorded. */
const SIDE = 512;

/** A preview at the size at which it is shown, between pixels by linear interpolation: [height, width, 4]. */
export function scaleRgb({ width, height, rgb }: Preview): Bitmap {
  const scale = SIDE / Math.max(width, height);
  const wide = Math.max(1, Math.round(width * scale));
  const high = Math.max(1, Math.round(height * scale));
  const columns = taps(width, wide);
  const rows = taps(height, high);
  const data = new Uint8ClampedArray(wide * high * 4);
  let to = 0;
  for (const [top, bottom, down] of rows) {
    for (const [left, right, along] of columns) {
      for (let channel = 0; channel < 3; channel++) {
        const at = (y: number, x: number) => rgb[(y * width + x) * 3 + channel]!;
        const above = at(top, left) * (1 - along) + at(top, right) * along;
        const below = at(bottom, left) * (1 - along) + at(bottom, right) * along;
        data[to + channel] = above * (1 - down) + below * down;
      }
      data[to + 3] = 255;
      to += 4;
    }
  }
  return { width: wide, height: high, data };
}

/** For each output pixel: the two input pixels around its centre, and how far it lies towards the second. */
function taps(from: number, to: number): (readonly [first: number, second: number, share: number])[] {
  return Array.from({ length: to }, (_, n) => {
    const centre = Math.min(Math.max(((n + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.floor(centre);
    return [first, Math.min(first + 1, from - 1), centre - first] as const;
  });
}
