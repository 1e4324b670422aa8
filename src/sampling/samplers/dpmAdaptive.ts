import { NotANumber } from "../errors.ts";
import type { Sampler } from "../sampler.ts";
import { mix } from "./arrays.ts";
import { dpmSteps } from "./dpmSolver.ts";

const ORDER = 3;
const REL_TOLERANCE = 0.05;
const ABS_TOLERANCE = 0.0078;
const FIRST_STEP = 0.05;
/** A step is taken when the next one may be at least so many times as long. */
const SAFETY = 0.81;
/** Time left, in -log sigma, that is no step. */
const NOTHING = 1e-5;

/**
 * DPM-Solver of order 3 (12 inside) with step sizes of its own: the difference of orders 2 and 3 is the error. Only the schedule's ends
 * count; it stops at the last level above 0. Source: Lu et al. 2022 (arXiv:2206.00927), DPM-Solver-12/23; k-diffusion's controller.
 */
export const dpmAdaptive: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const n = sigmas.length - 1;
  const end = -Math.log(sigmas[n]! > 0 ? sigmas[n]! : sigmas[n - 1]!);
  const solver = dpmSteps(denoise);
  let time = -Math.log(sigmas[0]!);
  let h = FIRST_STEP;
  let lower = x;
  for (let step = 0; time < end - NOTHING; step++) {
    const to = Math.min(end, time + h);
    const eps = await solver.eps(x, time);
    const denoised = mix(1, x, -Math.exp(-time), eps);
    const middle = await solver.middle(x, time, to, eps, 1 / 3);
    const low = solver.second(x, time, to, eps, middle, 1 / 3);
    const high = await solver.third(x, time, to, eps, middle);
    let squares = 0;
    for (let i = 0; i < x.length; i++) {
      const allowed = Math.max(ABS_TOLERANCE, REL_TOLERANCE * Math.max(Math.abs(low[i]!), Math.abs(lower[i]!)));
      squares += ((low[i]! - high[i]!) / allowed) ** 2;
    }
    const error = Math.sqrt(squares / x.length);
    // grows and shrinks softly: 1 + atan(wanted - 1)
    const factor = 1 + Math.atan((1 / (error + 1e-8)) ** (1 / ORDER) - 1);
    if (!Number.isFinite(factor)) throw new NotANumber("dpm_adaptive", Math.exp(-time));
    if (factor >= SAFETY) {
      lower = low;
      x = high;
      time = to;
    }
    h *= factor;
    callback?.({ step, steps: n, sigma: Math.exp(-time), x, denoised });
  }
  return x;
};
