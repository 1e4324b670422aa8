import type { Worth } from "./cache.ts";

/** Least recently used leaves first. On a scan longer than the budget it evicts exactly what comes next and moves everything. */
export const lru: Worth = (weight, view) => view.lastUse(weight);
