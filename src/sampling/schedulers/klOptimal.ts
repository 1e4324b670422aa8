import type { Scheduler } from "../scheduler.ts";

/** Evenly spaced in arctan sigma, then 0. With one step the share is 0/0 and the level NaN, as in ComfyUI. Source: Sabour et al. 2024 (arXiv:2404.14507). */
export const klOptimal: Scheduler = ({ sigmaMin, sigmaMax }, steps) => {
  const level = (i: number) => {
    const share = i / (steps - 1);
    return Math.tan(share * Math.atan(sigmaMin) + (1 - share) * Math.atan(sigmaMax));
  };
  return [...Array.from({ length: steps }, (_, i) => level(i)), 0];
};
