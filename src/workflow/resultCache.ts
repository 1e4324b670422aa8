import type { NodeOutcome } from "./nodeOutcome.ts";

/**
 * Results of nodes between prompts, by `cacheKeys`. `owner` tells results of an expansion apart: the node of the prompt that it came from, by
 * id and class. What they will be is not known when a prompt begins, so they live as long as their owner is in the prompts that come.
 */
export interface ResultCache {
  get(key: string, owner?: string): NodeOutcome | undefined;
  set(key: string, outcome: NodeOutcome, owner?: string): void;
  /** A prompt begins whose nodes have these keys, and are these owners. */
  begin(keys: ReadonlySet<string>, owners: ReadonlySet<string>): void;
  /** It is over, well or not. */
  end(): void;
  clear(): void;
  /** Lets go of results that hold memory until `bytes` are free, or none is left; returns the bytes let go. */
  relieve(bytes: number): number;
}
