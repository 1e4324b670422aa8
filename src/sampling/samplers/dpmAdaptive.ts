import { NotANumber } from "../errors.ts";
import { defaultNoiseSampler } from "../noiseSampler.ts";
import type { Sampler } from "../sampler.ts";
import { ancestralStep } from "./ancestralStep.ts";
import { mix } from "./arrays.ts";
import { dpmSteps } from "./dpmSolver.ts";
import type { SdeOptions } from "./sdeOptions.ts";

interface AdaptiveOptions extends SdeOptions {
  /** Of the better of the two steps that are compared: 2 or 3. Default: 3. */
  readonly order?: 2 | 3;
  /** How far both may differ, as a share of the values and at least. Default: 0.05, 0.0078. */
  readonly relative?: number;
  readonly absolute?: number;
  /** Length of the first step, in -log sigma. Default: 0.05. */
  readonly firstStep?: number;
  /** What the next length follows from: this step's error, the last ones' sum, their change. Default: 0, 1, 0. */
  readonly proportional?: number;
  readonly integral?: number;
  readonly derivative?: number;
  /** A step is taken when the next one may be at least so many times as long. Default: 0.81. */
  readonly safety?: number;
}

/** Time left, in -log sigma, that is no step. */
const NOTHING = 1e-5;

/**
 * DPM-Solver of order 3 (12 inside), or 2, with step sizes of its own: the difference to the order below is the error. Only the schedule's
 * ends count; it stops at the last level above 0. With `eta` (default 0) fresh noise after each step that is taken.
 * Source: Lu et al. 2022 (arXiv:2206.00927), DPM-Solver-12/23; k-diffusion's controller.
 */
export const dpmAdaptive =
  ({
    order = 3,
    relative = 0.05,
    absolute = 0.0078,
    firstStep = 0.05,
    proportional = 0,
    integral = 1,
    derivative = 0,
    safety = 0.81,
    eta = 0,
    sNoise = 1,
  }: AdaptiveOptions = {}): Sampler =>
  async ({ x, sigmas, denoise, seed, callback }) => {
    const noise = eta * sNoise > 0 ? defaultNoiseSampler(seed, x.length) : null;
    const n = sigmas.length - 1;
    const end = -Math.log(sigmas[n]! > 0 ? sigmas[n]! : sigmas[n - 1]!);
    const solver = dpmSteps(denoise);
    // noise makes the error of order 1.5
    const slope = eta > 0 ? 1.5 : order;
    const powers = [proportional + integral + derivative, -(proportional + 2 * derivative), derivative];
    /** 1 / error of this step and of the last two that were taken, newest first. */
    let inverse: number[] | null = null;
    let time = -Math.log(sigmas[0]!);
    let h = Math.abs(firstStep);
    let lower = x;
    for (let step = 0; time < end - NOTHING; step++) {
      const to = Math.min(end, time + h);
      const { down, up } = ancestralStep(Math.exp(-time), Math.exp(-to), eta);
      const reached = eta > 0 ? Math.min(end, -Math.log(down)) : to;
      const deviation = eta > 0 ? Math.sqrt(Math.max(0, Math.exp(-2 * to) - Math.exp(-2 * reached))) : up;
      const eps = await solver.eps(x, time);
      const denoised = mix(1, x, -Math.exp(-time), eps);
      const r1 = order === 2 ? 1 / 2 : 1 / 3;
      const middle = await solver.middle(x, time, reached, eps, r1);
      const second = solver.second(x, time, reached, eps, middle, r1);
      const low = order === 2 ? solver.first(x, time, reached, eps) : second;
      const high = order === 2 ? second : await solver.third(x, time, reached, eps, middle);
      let squares = 0;
      for (let i = 0; i < x.length; i++) {
        const allowed = Math.max(absolute, relative * Math.max(Math.abs(low[i]!), Math.abs(lower[i]!)));
        squares += ((low[i]! - high[i]!) / allowed) ** 2;
      }
      const now = 1 / (Math.sqrt(squares / x.length) + 1e-8);
      inverse = inverse === null ? [now, now, now] : [now, inverse[1]!, inverse[2]!];
      const wanted = inverse.reduce((product, value, k) => product * value ** (powers[k]! / slope), 1);
      // grows and shrinks softly
      const factor = 1 + Math.atan(wanted - 1);
      if (!Number.isFinite(factor)) throw new NotANumber("dpm_adaptive", Math.exp(-time));
      if (factor >= safety) {
        inverse = [now, now, inverse[1]!];
        lower = low;
        x = noise === null ? high : mix(1, high, deviation * sNoise, noise(Math.exp(-time), Math.exp(-to)));
        time = to;
      }
      h *= factor;
      callback?.({ step, steps: n, sigma: Math.exp(-time), x, denoised });
    }
    return x;
  };
