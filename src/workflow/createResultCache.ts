import { classicCache } from "./caches/classicCache.ts";
import { lruCache } from "./caches/lruCache.ts";
import { noCache } from "./caches/noCache.ts";
import { pressureCache } from "./caches/pressureCache.ts";
import type { ResultCache } from "./resultCache.ts";

/** Which results of nodes are kept, as ComfyUI's flags name it: --cache-classic, --cache-lru N, --cache-none, --cache-ram. */
export type CacheMode =
  | { readonly kind: "classic" }
  | { readonly kind: "lru"; readonly entries: number }
  | { readonly kind: "none" }
  /** `headroom`: bytes of the machine's memory that are to stay free; null: a share of it. */
  | { readonly kind: "ram"; readonly headroom: number | null };

export function createResultCache(mode: CacheMode = { kind: "classic" }): ResultCache {
  switch (mode.kind) {
    case "classic":
      return classicCache();
    case "lru":
      return lruCache(mode.entries);
    case "none":
      return noCache;
    case "ram":
      return pressureCache();
  }
}
