import type { Combine } from "./guiders.ts";

/**
 * Guidance whose result is brought back to the spread that the positive prediction has, per picture; `share` of that, the rest as it is. Spread
 * is measured on velocities (v-prediction). `batch`: how many pictures x holds. Source: Lin et al. 2023 (arXiv:2305.08891), section 3.4.
 */
export const rescaledCfg =
  (share: number, batch: number): Combine =>
  ({ x, sigma }, cond, uncond, cfg) => {
    const scale = sigma * sigma + 1;
    const root = Math.sqrt(scale);
    const velocity = (prediction: Float32Array) => prediction.map((v, i) => ((x[i]! / scale - v) * root) / sigma);
    const positive = velocity(cond);
    const negative = velocity(uncond);
    const guided = negative.map((v, i) => v + cfg * (positive[i]! - v));
    const each = x.length / batch;
    const factors = Array.from({ length: batch }, (_, n) => {
      const part = (values: Float32Array) => deviation(values.subarray(n * each, (n + 1) * each));
      return part(positive) / part(guided);
    });
    return guided.map((v, i) => {
      const factor = factors[Math.floor(i / each)]!;
      return x[i]! / scale - ((share * factor + 1 - share) * v * sigma) / root;
    });
  };

/** Of a sample: by n - 1. */
function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}
