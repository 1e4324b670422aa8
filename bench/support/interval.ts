/** A median and the interval that holds the population's median with at least 95 % certainty (all there is, below six values). */
export interface Interval {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly n: number;
}

/**
 * Order statistics: with n values, the median lies outside [x(k), x(n + 1 - k)] with probability 2 P(Binomial(n, 1/2) < k), whatever
 * the distribution is. Assumes nothing of timings, which are never normal. Source: any text on the sign test.
 */
export function interval(values: readonly number[]): Interval {
  if (values.length === 0) throw new Error("invariant: an interval of no values");
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let k = 0;
  let term = 0.5 ** n;
  for (let below = term; below <= 0.025; below += term) {
    k++;
    term *= (n - k + 1) / k;
  }
  const first = Math.max(1, k);
  const middle = n >> 1;
  return {
    median: n % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2,
    low: sorted[first - 1]!,
    high: sorted[n - first]!,
    n,
  };
}
