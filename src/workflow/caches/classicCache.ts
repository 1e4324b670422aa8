import type { NodeOutcome } from "../nodeOutcome.ts";
import type { ResultCache } from "../resultCache.ts";

/**
 * Keeps the results of the last prompt: what a new prompt does not name goes when it begins (ComfyUI's classic cache). Memory is then
 * bounded by one workflow, and a change downstream still runs nothing upstream. Of an expansion that was made again, what it no longer names
 * goes when the prompt is over.
 */
export function classicCache(): ResultCache {
  const results = new Map<string, { readonly outcome: NodeOutcome; readonly owner?: string }>();
  /** Of the prompt that runs: what was asked for or made, and whose expansions were. */
  const used = new Set<string>();
  const expanded = new Set<string>();
  const note = (key: string, owner: string | undefined) => {
    used.add(key);
    if (owner !== undefined) expanded.add(owner);
  };
  return {
    get(key, owner) {
      note(key, owner);
      return results.get(key)?.outcome;
    },
    set(key, outcome, owner) {
      note(key, owner);
      results.set(key, owner === undefined ? { outcome } : { outcome, owner });
    },
    begin(keys, owners) {
      for (const [key, { owner }] of [...results]) {
        if (!keys.has(key) && !(owner !== undefined && owners.has(owner))) results.delete(key);
      }
      used.clear();
      expanded.clear();
    },
    end() {
      for (const [key, { owner }] of [...results]) {
        if (owner !== undefined && expanded.has(owner) && !used.has(key)) results.delete(key);
      }
    },
    clear: () => results.clear(),
    // Its size is what the user chose by choosing it.
    relieve: () => 0,
  };
}
