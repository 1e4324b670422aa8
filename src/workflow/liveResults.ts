import { cacheKeys } from "./cacheKey.ts";
import { isLink } from "./link.ts";
import type { NodeContext } from "./node.ts";
import type { NodeOutcome } from "./nodeOutcome.ts";
import type { PromptNodes } from "./promptNodes.ts";
import type { ResultCache } from "./resultCache.ts";

/** Results of a prompt that runs: those that someone below still needs, and behind them the cache with the keys that they have there. */
export class LiveResults<Context extends NodeContext> {
  readonly #nodes: PromptNodes<Context>;
  readonly #cache: ResultCache;
  readonly #live = new Map<string, NodeOutcome>();
  readonly #fingerprints = new Map<string, string>();
  readonly #keys = new Map<string, string | null>();
  readonly #keyOf: (id: string) => string | null;

  constructor(nodes: PromptNodes<Context>, cache: ResultCache, classes: Parameters<typeof cacheKeys<Context>>[1]) {
    this.#nodes = nodes;
    this.#cache = cache;
    this.#keyOf = cacheKeys((id) => nodes.prompt.get(id), classes, this.#fingerprints);
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  get(id: string): NodeOutcome | undefined {
    return this.#live.get(id);
  }

  ids(): readonly string[] {
    return [...this.#live.keys()];
  }

  add(id: string, outcome: NodeOutcome): void {
    this.#live.set(id, outcome);
  }

  drop(id: string): void {
    this.#live.delete(id);
  }

  /** Its results, if they are there or the cache has them. */
  find(id: string): NodeOutcome | undefined {
    const live = this.#live.get(id);
    if (live !== undefined) return live;
    const cached = this.cached(id);
    if (cached !== undefined) this.#live.set(id, cached);
    return cached;
  }

  cached(id: string): NodeOutcome | undefined {
    const key = this.key(id);
    return key === null ? undefined : this.#cache.get(key, this.#nodes.owner(id));
  }

  /** Hands them to the cache. */
  keep(id: string, outcome: NodeOutcome): void {
    const key = this.key(id);
    if (key !== null) this.#cache.set(key, outcome, this.#nodes.owner(id));
  }

  /** Under which the cache knows it; null: it can have no results. Asked for only when the fingerprints above it are there. */
  key(id: string): string | null {
    let key = this.#keys.get(id);
    if (key === undefined) {
      key = this.#keyOf(id);
      this.#keys.set(id, key);
    }
    return key;
  }

  /** Linked inputs are not known yet and left out. A fingerprint that cannot be made is like no other: the node runs, and says why. */
  async fingerprint(id: string, context: () => Context): Promise<void> {
    const node = this.#nodes.class(id);
    if (node.fingerprint === undefined) return;
    const constants = Object.entries(this.#nodes.node(id).inputs ?? {}).filter(([, value]) => !isLink(value));
    let fingerprint: string;
    try {
      fingerprint = await node.fingerprint(Object.fromEntries(constants), context());
    } catch {
      fingerprint = `unknown-${crypto.randomUUID()}`;
    }
    this.#fingerprints.set(id, fingerprint);
  }
}
