import type { Worth } from "./cache.ts";

/** What came first leaves first. */
export const fifo: Worth = (weight, view) => view.broughtAt(weight);
