import { linspace } from "../linspace.ts";
import type { Scheduler } from "../scheduler.ts";

/** Evenly spaced timesteps. A model whose smallest sigma is nearly 0 ends there; for others a 0 is appended. */
export const normal: Scheduler = (sampling, steps) => {
  const from = sampling.timestep(sampling.sigmaMax);
  const to = sampling.timestep(sampling.sigmaMin);
  const endsAtZero = Math.abs(sampling.sigma(to)) <= 1e-5;
  const levels = Array.from(linspace(from, to, endsAtZero ? steps + 1 : steps), (t) => sampling.sigma(t));
  return endsAtZero ? levels : [...levels, 0];
};

/** The same without the smallest timestep, as SDXL's reference sampler (sgm) spaces them. */
export const sgmUniform: Scheduler = (sampling, steps) => {
  const from = sampling.timestep(sampling.sigmaMax);
  const to = sampling.timestep(sampling.sigmaMin);
  return [...Array.from(linspace(from, to, steps + 1).subarray(0, steps), (t) => sampling.sigma(t)), 0];
};
