import { roundHalfEven } from "../roundHalfEven.ts";

/** Levels for ten steps, by the kind of model. Source: Sabour et al. 2024 (arXiv:2404.14507) and the numbers on its page. */
const LEVELS: Readonly<Record<string, readonly number[]>> = {
  SD1: [
    14.6146412293, 6.4745760956, 3.8636745985, 2.694615152, 1.8841921177, 1.3943805092, 0.9642583904, 0.6523686016,
    0.3977456272, 0.1515232662, 0.0291671582,
  ],
  SDXL: [
    14.6146412293, 6.3184485287, 3.7681790315, 2.1811480769, 1.3405244945, 0.8620721141, 0.5550693289, 0.3798540708,
    0.2332364134, 0.1114188177, 0.0291671582,
  ],
  SVD: [700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002],
};

/** The kinds of model there are levels for. */
export const ALIGNED_MODELS: readonly string[] = Object.keys(LEVELS);

/**
 * The levels of a kind of model over `steps` steps, the last one 0: between those that were optimised, log sigma goes straight. Below
 * `denoise` 1 the last `steps * denoise` steps of them; none at 0.
 */
export function alignYourStepsSigmas(model: string, steps: number, denoise: number): Float32Array {
  if (denoise <= 0) return new Float32Array();
  const levels = LEVELS[model];
  if (levels === undefined) throw new Error(`invariant: no levels for ${model}`);
  const all = Float32Array.from({ length: steps + 1 }, (_, i) => {
    const place = (i / steps) * (levels.length - 1);
    const low = Math.min(Math.floor(place), levels.length - 2);
    const [from, to] = [Math.log(levels[low]!), Math.log(levels[low + 1]!)];
    return Math.exp(from + (to - from) * (place - low));
  });
  all[steps] = 0;
  const kept = denoise < 1 ? roundHalfEven(steps * denoise) : steps;
  return all.slice(steps - kept);
}
