import type { Worth } from "./cache.ts";

/**
 * Bélády's optimum on demand: what is used farthest in the future leaves first. Optimal for weights of one size, where every use must
 * find its weights resident; for other sizes close to it. Source: residency.md, "What is known".
 */
export const belady: Worth = (weight, view) => -view.nextUse(weight);
