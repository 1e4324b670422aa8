import type { Scheduler } from "../scheduler.ts";

/** Noise removed by the end of the linear half. */
const THRESHOLD = 0.025;

/**
 * Half of the steps remove 2.5 % of the noise, evenly; the other half the rest, along a parabola that leaves the line smoothly.
 * Source: Polyak et al. 2024 (arXiv:2410.13720), "linear-quadratic t-schedule".
 */
export const linearQuadratic: Scheduler = ({ sigmaMax }, steps) => {
  if (steps === 1) return [sigmaMax, 0];
  const linear = Math.floor(steps / 2);
  const curved = steps - linear;
  const rest = linear - THRESHOLD * steps;
  const square = rest / (linear * curved ** 2);
  const slope = THRESHOLD / linear - (2 * rest) / curved ** 2;
  const start = square * linear ** 2;
  const removed = (i: number) => (i < linear ? (i * THRESHOLD) / linear : square * i ** 2 + slope * i + start);
  return [...Array.from({ length: steps }, (_, i) => (1 - removed(i)) * sigmaMax), 0];
};
