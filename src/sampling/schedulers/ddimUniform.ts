import type { Scheduler } from "../scheduler.ts";

/**
 * Every n-th entry of the table from the second one up, n rounded down: with step counts that do not divide the table there are more
 * levels than asked for. Source: Song et al. 2020 (arXiv:2010.02502), "linear" steps.
 */
export const ddimUniform: Scheduler = ({ sigmas }, steps) => {
  const endsAtZero = Math.abs(sigmas[1]!) <= 1e-5;
  const stride = Math.max(Math.floor(sigmas.length / (endsAtZero ? steps + 1 : steps)), 1);
  const levels = endsAtZero ? [] : [0];
  for (let i = 1; i < sigmas.length; i += stride) levels.push(sigmas[i]!);
  return levels.reverse();
};
