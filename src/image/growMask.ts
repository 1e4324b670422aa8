import type { MaskBatch } from "./mask.ts";

/** Grows the bright parts of a mask by `cells` (shrinks where negative), a cell a round: to the four neighbours, or to all eight. */
export function growMask(mask: MaskBatch, cells: number, tapered: boolean): MaskBatch {
  const better = cells < 0 ? Math.min : Math.max;
  const { width, height, batch } = mask;
  let { data } = mask;
  for (let round = 0; round < Math.abs(cells); round++) {
    const out = new Float32Array(data.length);
    for (let n = 0; n < batch; n++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const at = (dy: number, dx: number) => {
            const row = Math.min(Math.max(y + dy, 0), height - 1);
            return data[(n * height + row) * width + Math.min(Math.max(x + dx, 0), width - 1)]!;
          };
          let value = better(at(0, 0), at(-1, 0), at(1, 0), at(0, -1), at(0, 1));
          if (!tapered) value = better(value, at(-1, -1), at(-1, 1), at(1, -1), at(1, 1));
          out[(n * height + y) * width + x] = value;
        }
    // nothing changes any more
    if (data.every((value, i) => value === out[i])) break;
    data = out;
  }
  return { ...mask, data };
}
