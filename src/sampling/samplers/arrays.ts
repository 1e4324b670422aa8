/** dx/dsigma at x: (x - denoised) / sigma. */
export const derivative = (x: Float32Array, denoised: Float32Array, sigma: number): Float32Array =>
  x.map((v, i) => (v - denoised[i]!) / sigma);

/** x + a y. */
export const addScaled = (x: Float32Array, a: number, y: Float32Array): Float32Array => x.map((v, i) => v + a * y[i]!);

/** a x + b y. */
export const mix = (a: number, x: Float32Array, b: number, y: Float32Array): Float32Array =>
  x.map((v, i) => a * v + b * y[i]!);

/** Sum of terms [factor, array] over arrays of one size. */
export const weigh = (...terms: readonly (readonly [number, Float32Array])[]): Float32Array =>
  terms[0]![1].map((_, i) => terms.reduce((sum, [factor, array]) => sum + factor * array[i]!, 0));
