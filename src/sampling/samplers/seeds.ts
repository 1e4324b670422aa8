import { finiteStart, logSnr } from "../logSnr.ts";
import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { mix, weigh } from "./arrays.ts";
import type { SdeOptions } from "./sdeOptions.ts";
import { stepDown } from "./stepDown.ts";

/** e^h - 1, and (e^h - 1 - h) / h. */
const phi1 = Math.expm1;
const phi2 = (h: number): number => (Math.expm1(h) - h) / h;

interface SeedsOptions extends SdeOptions {
  /** Where in the step, in log SNR, the model is asked again: once or twice. */
  readonly at: readonly [number] | readonly [number, number];
  /** How the two predictions of a step with one middle are weighed. */
  readonly weights?: "phi1" | "phi2";
}

/**
 * Stochastic explicit exponential solvers: predictions within a step, noise whose parts add up over it. With eta 0 and the middle at the
 * end this is exponential Heun. Source: Gonzalez et al. 2023 (arXiv:2305.14267), SEEDS-2 and SEEDS-3.
 */
export const seeds =
  ({ at, weights = "phi1", eta = 1, sNoise = 1 }: SeedsOptions): Sampler =>
  async ({ x, sigmas, denoise, sampling, seed, callback }) => {
    const draw = eta * sNoise > 0 ? defaultNoiseSampler(seed, x.length) : null;
    const { lambda, sigma: sigmaAt, alpha } = logSnr(sampling);
    const levels = finiteStart(sigmas, sampling);
    return stepDown({ x, sigmas: levels, denoise, callback }, async ({ x: start, sigma, next, denoised }) => {
      const h = lambda(next) - lambda(sigma);
      const full = h * (eta + 1);
      let noise: Float32Array | null = null;
      let reached = 0;
      let level = sigma;
      /** x at a share `r` of the step, where its level is `to`: predictions with weights, and the noise so far. */
      const advance = (r: number, to: number, terms: readonly (readonly [number, Float32Array])[]): Float32Array => {
        const drift = terms.map(([weight, prediction]) => [-alpha(to) * weight, prediction] as const);
        const moved = weigh([(to / sigma) * Math.exp(-r * h * eta), start], ...drift);
        if (draw === null) return moved;
        const part = (r - reached) * h * eta;
        const fresh = draw(level, to);
        const deviation = Math.sqrt(-Math.expm1(-2 * part));
        noise = noise === null ? fresh.map((v) => v * deviation) : mix(Math.exp(-part), noise, deviation, fresh);
        reached = r;
        level = to;
        return mix(1, moved, to * sNoise, noise);
      };
      const share = (r: number) => Math.fround(sigmaAt(lambda(sigma) + r * h));

      const [r1, r2] = at;
      const first = share(r1);
      const second = await denoise(advance(r1, first, [[phi1(-r1 * full), denoised]]), first);
      if (r2 === undefined) {
        const b2 = weights === "phi1" ? phi1(-full) / (2 * r1) : phi2(-full) / r1;
        return advance(1, next, [
          [phi1(-full) - b2, denoised],
          [b2, second],
        ]);
      }
      const a2 = (r2 / r1) * phi2(-r2 * full);
      const later = share(r2);
      const between = advance(r2, later, [
        [phi1(-r2 * full) - a2, denoised],
        [a2, second],
      ]);
      const third = await denoise(between, later);
      const b3 = phi2(-full) / r2;
      return advance(1, next, [
        [phi1(-full) - b3, denoised],
        [b3, third],
      ]);
    });
  };
