import { roundHalfEven } from "../roundHalfEven.ts";

/** A schedule in two: `step` steps, and the rest. Both have the level where they meet. Past the end the second is empty. */
export const splitSigmas = (sigmas: Float32Array, step: number): readonly [Float32Array, Float32Array] => [
  sigmas.slice(0, step + 1),
  sigmas.slice(step),
];

/** The same by share: the second part is the last `denoise` of the steps. With a share of no step the first part is empty. */
export function splitSigmasDenoise(sigmas: Float32Array, denoise: number): readonly [Float32Array, Float32Array] {
  const last = roundHalfEven(Math.max(sigmas.length - 1, 0) * denoise);
  return [last === 0 ? new Float32Array() : sigmas.slice(0, -last), sigmas.slice(-(last + 1))];
}
