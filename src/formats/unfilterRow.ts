import { paeth } from "./paeth.ts";

/**
 * Undoes a PNG row filter in place. `above` is the row before it, already undone, or `null` for the first; `step` is the distance to
 * the pixel on the left, in bytes. filter: 0 none, 1 sub, 2 up, 3 average, 4 Paeth. Source: PNG 3rd edition, section 9.
 */
export function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array | null, step: number): void {
  const n = row.length;
  if (filter === 1) for (let i = step; i < n; i++) row[i]! += row[i - step]!;
  else if (filter === 2 && above) for (let i = 0; i < n; i++) row[i]! += above[i]!;
  else if (filter === 3)
    for (let i = 0; i < n; i++) row[i]! += ((i < step ? 0 : row[i - step]!) + (above ? above[i]! : 0)) >> 1;
  else if (filter === 4)
    for (let i = 0; i < n; i++) {
      const left = i < step ? 0 : row[i - step]!;
      const up = above ? above[i]! : 0;
      const corner = above && i >= step ? above[i - step]! : 0;
      row[i]! += paeth(left, up, corner);
    }
}
