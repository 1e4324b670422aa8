import type { NodeOutcome } from "../nodeOutcome.ts";
import type { ResultCache } from "../resultCache.ts";
import { bytesOf } from "./bytesOf.ts";

/** Less than this is not worth a node's run: letting it go frees nothing that anyone notices. */
const WORTH_BYTES = 2 ** 20;
/** Handles and texts cost no memory to speak of, but a server runs for months. */
const MAX_RESULTS = 10_000;

interface Kept {
  readonly outcome: NodeOutcome;
  readonly bytes: number;
  /** The last prompt that named it. */
  prompt: number;
}

/**
 * Keeps the results of all prompts as long as there is memory, `--cache-ram`. Under pressure pictures, latents and the like go: of the prompts
 * that were longest not seen first, of one prompt the largest first. The prompt that runs holds what it still needs itself.
 */
export function pressureCache(): ResultCache {
  const results = new Map<string, Kept>();
  let prompt = 0;
  return {
    get(key) {
      const found = results.get(key);
      if (found !== undefined) found.prompt = prompt;
      return found?.outcome;
    },
    set: (key, outcome) => void results.set(key, { outcome, bytes: bytesOf(outcome.outputs), prompt }),
    begin(keys) {
      prompt += 1;
      for (const key of keys) {
        const found = results.get(key);
        if (found !== undefined) found.prompt = prompt;
      }
      if (results.size <= MAX_RESULTS) return;
      const oldest = [...results].sort(([, a], [, b]) => a.prompt - b.prompt).slice(0, results.size - MAX_RESULTS);
      for (const [key, { prompt: seen }] of oldest) if (seen < prompt) results.delete(key);
    },
    end() {},
    clear: () => results.clear(),
    relieve(bytes) {
      const large = [...results].filter(([, { bytes: size }]) => size >= WORTH_BYTES);
      large.sort(([, a], [, b]) => a.prompt - b.prompt || b.bytes - a.bytes);
      let freed = 0;
      for (const [key, { bytes: size }] of large) {
        if (freed >= bytes) break;
        results.delete(key);
        freed += size;
      }
      return freed;
    },
  };
}
