import { padded } from "../../tensor/dtype.ts";
import { decodeRow } from "../decodeRow.ts";
import type { Kernel } from "../kernel.ts";
import { load } from "../load.ts";
import { rowOffsets } from "../rowOffsets.ts";
import { store } from "../store.ts";

/** Rows of w taken together: each value of x is fetched once for four sums. */
const ROWS = 4;

/** y[..., t, n] = sum of w[..., n, :] * x[..., t, :]. Rows of w are decoded once for each matrix of x. */
export const mulMat: Kernel = ([w, x], out) => {
  const [wa, wb, n, k] = padded(w!.shape);
  const [xa, xb, tokens] = padded(x!.shape);
  const values = load(x!);
  const starts = rowOffsets(w!);
  const decode = decodeRow[w!.dtype];
  const stride = w!.strides.at(-1)!;
  const rows = new Float64Array(ROWS * k);
  const y = new Float64Array(xa * xb * tokens * n);
  for (let a = 0; a < xa; a++)
    for (let b = 0; b < xb; b++) {
      const matrix = Math.floor((a * wa) / xa) * wb + Math.floor((b * wb) / xb);
      const first = (a * xb + b) * tokens;
      for (let row = 0; row < n; row += ROWS) {
        const count = Math.min(ROWS, n - row);
        // Rows past the end keep older values; their sums are not stored.
        for (let r = 0; r < count; r++) decode(w!.bytes, starts[matrix * n + row + r]!, stride, k, rows, r * k);
        for (let t = first; t < first + tokens; t++) {
          let [s0, s1, s2, s3] = [0, 0, 0, 0];
          for (let i = 0, at = t * k; i < k; i++, at++) {
            const v = values[at]!;
            s0 += v * rows[i]!;
            s1 += v * rows[k + i]!;
            s2 += v * rows[2 * k + i]!;
            s3 += v * rows[3 * k + i]!;
          }
          const to = t * n + row;
          y[to] = s0;
          if (count > 1) y[to + 1] = s1;
          if (count > 2) y[to + 2] = s2;
          if (count > 3) y[to + 3] = s3;
        }
      }
    }
  store(out, y);
};
