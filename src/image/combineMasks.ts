import type { MaskBatch } from "./mask.ts";
import { roundHalfEven } from "./roundHalfEven.ts";

const on = (x: number): boolean => roundHalfEven(x) !== 0;

/** ComfyUI's names; the logical ones round first. */
export const MASK_OPERATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  multiply: (a, b) => a * b,
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  and: (a, b) => Number(on(a) && on(b)),
  or: (a, b) => Number(on(a) || on(b)),
  xor: (a, b) => Number(on(a) !== on(b)),
};

/** `source` into `target` at (x, y), by an operation; what sticks out is cut, and all is cut to 0..1. A lone source serves every mask. */
export function combineMasks(target: MaskBatch, source: MaskBatch, x: number, y: number, operation: string): MaskBatch {
  const combined = MASK_OPERATIONS[operation]!;
  const data = target.data.slice();
  for (let n = 0; n < target.batch; n++)
    for (let row = 0; row < Math.min(source.height, target.height - y); row++)
      for (let column = 0; column < Math.min(source.width, target.width - x); column++) {
        const to = (n * target.height + y + row) * target.width + x + column;
        const from = ((n % source.batch) * source.height + row) * source.width + column;
        data[to] = combined(data[to]!, source.data[from]!);
      }
  return { ...target, data: data.map((value) => Math.min(Math.max(value, 0), 1)) };
}
