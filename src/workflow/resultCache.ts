import type { NodeResult } from "./node.ts";

/** Results of nodes between prompts, by `cacheKeys`. */
export interface ResultCache {
  get(key: string): NodeResult | undefined;
  set(key: string, result: NodeResult): void;
  /** A prompt begins whose nodes have these keys. */
  begin(keys: ReadonlySet<string>): void;
  clear(): void;
}

/**
 * Keeps the results of the last prompt: what a new prompt does not name goes when it begins (ComfyUI's classic cache). Memory is then
 * bounded by one workflow, and a change downstream still runs nothing upstream.
 */
export function createResultCache(): ResultCache {
  const results = new Map<string, NodeResult>();
  return {
    get: (key) => results.get(key),
    set: (key, result) => void results.set(key, result),
    begin(keys) {
      for (const key of [...results.keys()]) if (!keys.has(key)) results.delete(key);
    },
    clear: () => results.clear(),
  };
}
