import { linspace } from "../linspace.ts";

const EASINGS = {
  linear: (x: number) => x,
  cosine: (x: number) => Math.sin((x * Math.PI) / 2),
  sine: (x: number) => 1 - Math.cos((x * Math.PI) / 2),
} as const;
export type Spacing = keyof typeof EASINGS;

/** `steps` steps in place of each that begins at a level from `end` to `start` (below 0: any), spaced by `spacing`. */
export function extendSigmas(
  sigmas: Float32Array,
  {
    steps,
    start,
    end,
    spacing,
  }: { readonly steps: number; readonly start: number; readonly end: number; readonly spacing: Spacing },
): Float32Array {
  const shares = Array.from(linspace(0, 1, steps + 1).subarray(1, steps), EASINGS[spacing]);
  const highest = start < 0 ? Number.POSITIVE_INFINITY : start;
  const levels = Array.from(sigmas).flatMap((sigma, i) => {
    const next = sigmas[i + 1];
    if (next === undefined || sigma < end || sigma > highest) return [sigma];
    return [sigma, ...shares.map((share) => share * (next - sigma) + sigma)];
  });
  return Float32Array.from(levels);
}
