import type { CacheMode } from "../workflow/createResultCache.ts";
import type { ResultCache } from "../workflow/resultCache.ts";
import type { MachineMemory } from "./ramBudget.ts";

/** Of the machine's memory, left free where `--cache-ram` names no amount: as much as a picture's arithmetic and other programs want at once. */
const FREE_SHARE = 0.25;
/** How often free memory is looked at. */
const LOOK_MS = 500;

/**
 * Lets kept results go when the machine's free memory falls below the headroom of `--cache-ram`. To be called between nodes and between stages.
 * Other caches have the size that the user chose.
 */
export function cachePressure(
  mode: CacheMode,
  cache: ResultCache,
  machine: () => MachineMemory,
  now: () => number = () => performance.now(),
): () => void {
  if (mode.kind !== "ram") return () => {};
  let lookedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (now() - lookedAt < LOOK_MS) return;
    lookedAt = now();
    const { free, total } = machine();
    const short = (mode.headroom ?? FREE_SHARE * total) - free;
    if (short > 0) cache.relieve(short);
  };
}
