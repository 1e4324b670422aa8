import { paeth } from "./paeth.ts";

/**
 * Filters a PNG row with the filter that leaves the smallest sum of magnitudes, the usual guess at what deflates best; ties go to the
 * lower number. `above` is the row before it, unfiltered. Writes to `into` (same length), returns the filter (1 to 4; 0 never wins in
 * pictures by enough to be tried). Source: PNG 3rd edition, 9 and 12.7.
 */
export function filterRow(row: Uint8Array, above: Uint8Array, step: number, into: Uint8Array): 1 | 2 | 3 | 4 {
  const n = row.length;
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const value = row[i]!;
    const left = i < step ? 0 : row[i - step]!;
    const up = above[i]!;
    const corner = i < step ? 0 : above[i - step]!;
    sums[0]! += magnitude(value - left);
    sums[1]! += magnitude(value - up);
    sums[2]! += magnitude(value - ((left + up) >> 1));
    sums[3]! += magnitude(value - paeth(left, up, corner));
  }
  const filter = (sums.indexOf(Math.min(...sums)) + 1) as 1 | 2 | 3 | 4;
  for (let i = 0; i < n; i++) {
    const left = i < step ? 0 : row[i - step]!;
    const up = above[i]!;
    if (filter === 1) into[i] = row[i]! - left;
    else if (filter === 2) into[i] = row[i]! - up;
    else if (filter === 3) into[i] = row[i]! - ((left + up) >> 1);
    else into[i] = row[i]! - paeth(left, up, i < step ? 0 : above[i - step]!);
  }
  return filter;
}

/** Of a difference as the signed byte that it is stored as. */
function magnitude(difference: number): number {
  const byte = difference & 255;
  return byte < 128 ? byte : 256 - byte;
}
