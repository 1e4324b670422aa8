import { linspace } from "../linspace.ts";
import type { Scheduler } from "../scheduler.ts";

/** Evenly spaced in sigma^(1/rho), then 0. Source: Karras et al. 2022 (arXiv:2206.00364), equation 5. */
export function karrasSigmas(steps: number, sigmaMin: number, sigmaMax: number, rho = 7): number[] {
  const low = sigmaMin ** (1 / rho);
  const high = sigmaMax ** (1 / rho);
  return [...Array.from(linspace(0, 1, steps), (t) => (high + t * (low - high)) ** rho), 0];
}

export const karras: Scheduler = ({ sigmaMin, sigmaMax }, steps) => karrasSigmas(steps, sigmaMin, sigmaMax);
