import { finiteStart, logSnr } from "../logSnr.ts";
import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { mix, weigh } from "./arrays.ts";
import { stepDown } from "./stepDown.ts";

/** Points of the rule that integrates 1 / noise scale. */
const POINTS = 200;
/** How much of the noise is renewed at a level sigma / alpha. */
export type NoiseScale = (level: number) => number;
const erSde5: NoiseScale = (level) => level * (Math.exp(level ** 0.3) + 10);
/** The plain reverse-time SDE at eta; at 0 the ODE, which renews nothing. */
export const reverseTime =
  (eta: number): NoiseScale =>
  (level) =>
    level ** (eta + 1);

/** Extended reverse-time SDE solver, of third order at most. Source: Cui et al. 2023 (arXiv:2309.06169), ER-SDE-5. */
export const erSde =
  ({
    noiseScale = erSde5,
    order = 3,
    sNoise = 1,
  }: {
    readonly noiseScale?: NoiseScale;
    readonly order?: number;
    readonly sNoise?: number;
  } = {}): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const noise = sNoise > 0 ? defaultNoiseSampler(seed, x.length) : null;
    const { alpha } = logSnr(sampling);
    const levels = finiteStart(sigmas, sampling);
    const ratio = (i: number) => levels[i]! / alpha(levels[i]!);
    let before: Float32Array | null = null;
    let slopeBefore: Float32Array | null = null;
    return stepDown({ x, sigmas: levels, denoise, callback }, ({ i, x, sigma, next, denoised }) => {
      const [from, to] = [ratio(i), ratio(i + 1)];
      const r = noiseScale(to) / noiseScale(from);
      const a = alpha(next);
      let moved = mix((a / alpha(sigma)) * r, x, a * (1 - r), denoised);
      if (before !== null && order > 1) {
        const dt = to - from;
        const { plain, weighted } = integrals(noiseScale, from, to);
        const span = from - ratio(i - 1);
        const slope: Float32Array = mix(1 / span, denoised, -1 / span, before);
        moved = mix(1, moved, a * (dt + plain * noiseScale(to)), slope);
        if (slopeBefore !== null && order > 2) {
          const half = (from - ratio(i - 2)) / 2;
          const factor = (a * (dt ** 2 / 2 + weighted * noiseScale(to))) / half;
          moved = weigh([1, moved], [factor, slope], [-factor, slopeBefore]);
        }
        slopeBefore = slope;
      }
      const deviation = Math.sqrt(Math.max(0, to ** 2 - from ** 2 * r ** 2));
      before = denoised;
      return noise === null ? moved : mix(1, moved, a * deviation * sNoise, noise(sigma, next));
    });
  };

/** Integrals over [to, from] of 1 / scale and of (level - from) / scale, by the left rule. */
function integrals(
  noiseScale: NoiseScale,
  from: number,
  to: number,
): { readonly plain: number; readonly weighted: number } {
  const width = (from - to) / POINTS;
  let plain = 0;
  let weighted = 0;
  for (let n = 0; n < POINTS; n++) {
    const level = to + n * width;
    plain += width / noiseScale(level);
    weighted += (width * (level - from)) / noiseScale(level);
  }
  return { plain, weighted };
}
