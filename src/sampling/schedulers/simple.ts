import type { Scheduler } from "../scheduler.ts";

/** Evenly spaced entries of the model's table, from its largest sigma down. */
export const simple: Scheduler = ({ sigmas }, steps) => {
  const stride = sigmas.length / steps;
  return [...Array.from({ length: steps }, (_, i) => sigmas[sigmas.length - 1 - Math.floor(i * stride)]!), 0];
};
