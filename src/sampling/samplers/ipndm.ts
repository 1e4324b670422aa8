import { pseudoNumerical } from "./pseudoNumerical.ts";

/** Adams-Bashforth for even steps, by order: newest slope first. */
const COEFFICIENTS = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
] as const;

/** Improved pseudo numerical methods: fourth order, as if the steps were even. Source: Zhang and Chen 2022 (arXiv:2204.13902). */
export const ipndm = pseudoNumerical((lengths) => COEFFICIENTS[lengths.length - 1]!);
