import type { Denoise } from "../sampler.ts";
import { mix, weigh } from "./arrays.ts";

/**
 * Single steps of DPM-Solver from time `from` to `to`, where time is -log sigma. `eps` is the predicted noise at the start, kept by the
 * caller; `middle` the one at r1, which the orders 2 and 3 share. Source: Lu et al. 2022 (arXiv:2206.00927), algorithms 1 and 2.
 */
export interface DpmSteps {
  eps(x: Float32Array, time: number): Promise<Float32Array>;
  first(x: Float32Array, from: number, to: number, eps: Float32Array): Float32Array;
  /** Noise predicted at a share r1 of the step. */
  middle(x: Float32Array, from: number, to: number, eps: Float32Array, r1: number): Promise<Float32Array>;
  second(x: Float32Array, from: number, to: number, eps: Float32Array, middle: Float32Array, r1: number): Float32Array;
  third(x: Float32Array, from: number, to: number, eps: Float32Array, middle: Float32Array): Promise<Float32Array>;
}

const R1 = 1 / 3;
const R2 = 2 / 3;
const sigma = (time: number): number => Math.exp(-time);

export function dpmSteps(denoise: Denoise): DpmSteps {
  const eps = async (x: Float32Array, time: number) => {
    const level = Math.fround(sigma(time));
    const denoised = await denoise(x, level);
    return x.map((v, i) => (v - denoised[i]!) / level);
  };
  const first = (x: Float32Array, from: number, to: number, e: Float32Array) =>
    mix(1, x, -sigma(to) * Math.expm1(to - from), e);
  return {
    eps,
    first,
    middle: (x, from, to, e, r1) => {
      const at = from + r1 * (to - from);
      return eps(first(x, from, at, e), at);
    },
    second(x, from, to, e, middle, r1) {
      const factor = sigma(to) * Math.expm1(to - from);
      return weigh([1, x], [-factor + factor / (2 * r1), e], [-factor / (2 * r1), middle]);
    },
    async third(x, from, to, e, middle) {
      const h = to - from;
      const at = from + R2 * h;
      const bend = sigma(at) * (R2 / R1) * (Math.expm1(R2 * h) / (R2 * h) - 1);
      const second = await eps(weigh([1, first(x, from, at, e)], [bend, e], [-bend, middle]), at);
      const last = (sigma(to) / R2) * (Math.expm1(h) / h - 1);
      return weigh([1, first(x, from, to, e)], [last, e], [-last, second]);
    },
  };
}
