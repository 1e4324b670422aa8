import { linspace } from "../linspace.ts";
import type { Scheduler } from "../scheduler.ts";

/** Evenly spaced in log sigma, then 0. */
export function exponentialSigmas(steps: number, sigmaMin: number, sigmaMax: number): number[] {
  return [...Array.from(linspace(Math.log(sigmaMax), Math.log(sigmaMin), steps), Math.exp), 0];
}

export const exponential: Scheduler = ({ sigmaMin, sigmaMax }, steps) => exponentialSigmas(steps, sigmaMin, sigmaMax);
