import type { NodeOutcome } from "../nodeOutcome.ts";
import type { ResultCache } from "../resultCache.ts";

/**
 * Keeps results of several prompts, `--cache-lru N`: when a prompt begins and there are more than N results, those that longest no prompt named
 * go, a prompt's at a time; those of this prompt stay however many they are.
 */
export function lruCache(entries: number): ResultCache {
  const results = new Map<string, { readonly outcome: NodeOutcome; prompt: number }>();
  let prompt = 0;
  return {
    get(key) {
      const found = results.get(key);
      if (found !== undefined) found.prompt = prompt;
      return found?.outcome;
    },
    set: (key, outcome) => void results.set(key, { outcome, prompt }),
    begin(keys) {
      prompt += 1;
      for (const key of keys) {
        const found = results.get(key);
        if (found !== undefined) found.prompt = prompt;
      }
      while (results.size > entries) {
        const oldest = Math.min(...[...results.values()].map((result) => result.prompt));
        if (oldest === prompt) break;
        for (const [key, result] of [...results]) if (result.prompt === oldest) results.delete(key);
      }
    },
    end() {},
    clear: () => results.clear(),
    // Its size is what the user chose.
    relieve: () => 0,
  };
}
