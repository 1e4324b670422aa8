import { pseudoNumerical } from "./pseudoNumerical.ts";

/** iPNDM with coefficients for uneven steps. Source: Zhang and Chen 2022 (arXiv:2204.13902); Zhou et al. 2023 (arXiv:2312.00094), diff-sampler. */
export const ipndmV = pseudoNumerical(coefficients);

/** Weights of the slopes, newest first, for steps of `lengths`, newest first. */
function coefficients([h0, h1, h2, h3]: readonly number[]): number[] {
  if (h0 === undefined || h1 === undefined) return [1];
  const r = h0 / h1;
  if (h2 === undefined) return [(2 + r) / 2, -r / 2];
  // where the exact weight has (1 - a) b, the published code and ComfyUI have 1 - a b
  const t1 = (1 - ((h0 / (3 * (h0 + h1))) * (h0 * (h0 + h1))) / (h1 * (h1 + h2))) / 2;
  const s = h1 / h2;
  if (h3 === undefined) return [(2 + r) / 2 + t1, -r / 2 - (1 + s) * t1, t1 * s];
  const t2 =
    (((1 - h0 / (3 * (h0 + h1))) / 2 + ((1 - h0 / (2 * (h0 + h1))) * h0) / (6 * (h0 + h1 + h2))) *
      (h0 * (h0 + h1) * (h0 + h1 + h2))) /
    (h1 * (h1 + h2) * (h1 + h2 + h3));
  const u = (h1 * (h1 + h2)) / (h2 * (h2 + h3));
  return [
    (2 + r) / 2 + t1 + t2,
    -r / 2 - (1 + s) * t1 - (1 + s + u) * t2,
    t1 * s + (s + u * (1 + h2 / h3)) * t2,
    -t2 * u * s,
  ];
}
