import { linspace } from "../linspace.ts";
import type { Sampler } from "../sampler.ts";
import { mix } from "./arrays.ts";
import { dpmSteps } from "./dpmSolver.ts";

/**
 * DPM-Solver-fast: as many model calls as the schedule has steps, spent on steps of order 3 that are even in -log sigma, with smaller
 * ones at the end. Only the schedule's ends count; it stops at the last level above 0. Source: Lu et al. 2022 (arXiv:2206.00927).
 */
export const dpmFast: Sampler = async ({ x, sigmas, denoise, callback }) => {
  const calls = sigmas.length - 1;
  const last = sigmas[calls]! > 0 ? sigmas[calls]! : sigmas[calls - 1]!;
  const steps = Math.floor(calls / 3) + 1;
  const times = linspace(-Math.log(sigmas[0]!), -Math.log(last), steps + 1);
  const orders =
    calls % 3 === 0
      ? [...new Array<number>(steps - 2).fill(3), 2, 1]
      : [...new Array<number>(steps - 1).fill(3), calls % 3];
  const solver = dpmSteps(denoise);
  for (const [i, order] of orders.entries()) {
    const [from, to] = [times[i]!, times[i + 1]!];
    const eps = await solver.eps(x, from);
    const sigma = Math.exp(-from);
    callback?.({ step: i, steps: orders.length, sigma, x, denoised: mix(1, x, -sigma, eps) });
    if (order === 1) x = solver.first(x, from, to, eps);
    else {
      const r1 = order === 2 ? 1 / 2 : 1 / 3;
      const middle = await solver.middle(x, from, to, eps, r1);
      x = order === 2 ? solver.second(x, from, to, eps, middle, r1) : await solver.third(x, from, to, eps, middle);
    }
  }
  return x;
};
