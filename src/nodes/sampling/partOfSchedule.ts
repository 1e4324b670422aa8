import type { Sigmas } from "../values.ts";

/** The steps from `start` to `end` of a schedule; `finish`: the last of them goes all the way to 0. Empty where there is no step. */
export function partOfSchedule(sigmas: Sigmas, start: number, end: number, finish: boolean): Sigmas {
  if (start >= Math.min(end, sigmas.length - 1)) return new Float32Array();
  const part = sigmas.slice(0, end + 1);
  if (finish && end < sigmas.length - 1) part[part.length - 1] = 0;
  return part.slice(start);
}
