/** A point of a rule on [-1, 1]. */
export interface Point {
  readonly node: number;
  readonly weight: number;
}

const rules = new Map<number, readonly Point[]>();

/**
 * Gauss and Legendre's rule of `n` points, which integrates polynomials up to degree 2 n - 1 exactly: the roots of the Legendre polynomial,
 * by Newton's method from Chebyshev's. Source: Abramowitz and Stegun, 25.4.29.
 */
export function gaussLegendre(n: number): readonly Point[] {
  let rule = rules.get(n);
  if (rule === undefined) rules.set(n, (rule = Array.from({ length: n }, (_, k) => point(n, k))));
  return rule;
}

function point(n: number, k: number): Point {
  let node = -Math.cos((Math.PI * (k + 0.75)) / (n + 0.5));
  for (let i = 0; ; i++) {
    const { value, slope } = legendre(n, node);
    const step = value / slope;
    node -= step;
    // it converges in a handful of steps; what rounding leaves does not shrink
    if (Math.abs(step) < 1e-15 || i === 50) return { node, weight: 2 / ((1 - node * node) * slope * slope) };
  }
}

/** P_n and its derivative inside (-1, 1). */
function legendre(n: number, x: number): { readonly value: number; readonly slope: number } {
  let [before, value] = [1, x];
  for (let k = 2; k <= n; k++) [before, value] = [value, ((2 * k - 1) * x * value - (k - 1) * before) / k];
  return { value, slope: (n * (before - x * value)) / (1 - x * x) };
}
