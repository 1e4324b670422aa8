import type { GoldenTensor, Tolerance } from "./goldenCase.ts";

/** How far one output is off. `ratio`: the worst error over its tolerance; at most 1 passes. Exact outputs have 0 or infinity. */
export interface Comparison {
  readonly ratio: number;
  /** Why it fails, in words; `null` when it passes. */
  readonly failure: string | null;
}

/**
 * |got - want| <= atol + rtol |want| for every value, and equal shapes. A NaN is met by NaN, an infinity by itself; `null` (from json,
 * where neither can be written) by anything that is not finite. 64-bit integers are compared as such.
 */
export function compare(
  got: GoldenTensor,
  want: { readonly shape: readonly number[]; readonly data: ArrayLike<number | bigint | null> },
  { atol, rtol }: Tolerance,
): Comparison {
  if (got.shape.join() !== want.shape.join() || got.data.length !== want.data.length) {
    return { ratio: Number.POSITIVE_INFINITY, failure: `shape [${got.shape}], expected [${want.shape}]` };
  }
  let worst = 0;
  let at = -1;
  for (let i = 0; i < want.data.length; i++) {
    const ratio = ratioOf(got.data[i]!, want.data[i]!, atol, rtol);
    if (ratio > worst) {
      worst = ratio;
      at = i;
    }
  }
  const failure = worst <= 1 ? null : `value ${at}: ${got.data[at]}, expected ${want.data[at]}`;
  return { ratio: worst, failure };
}

function ratioOf(got: number | bigint, want: number | bigint | null, atol: number, rtol: number): number {
  if (want === null) return typeof got === "number" && !Number.isFinite(got) ? 0 : Number.POSITIVE_INFINITY;
  if (got === want || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  const error = Math.abs(difference(got, want));
  const allowed = atol + rtol * Math.abs(Number(want));
  // an error of NaN, of infinity, or any at all where exactness is asked for
  if (!Number.isFinite(error) || !Number.isFinite(allowed)) return Number.POSITIVE_INFINITY;
  return allowed === 0 ? (error === 0 ? 0 : Number.POSITIVE_INFINITY) : error / allowed;
}

function difference(got: number | bigint, want: number | bigint): number {
  if (typeof got === "number" && typeof want === "number") return got - want;
  if ([got, want].some((value) => typeof value === "number" && !Number.isSafeInteger(value))) return Number.NaN;
  return Number(BigInt(got) - BigInt(want));
}
