import type { ResultCache } from "../resultCache.ts";

/** Keeps nothing, `--cache-none`: every prompt runs whole, and of two equal nodes both run. */
export const noCache: ResultCache = {
  get: () => undefined,
  set() {},
  begin() {},
  end() {},
  clear() {},
  relieve: () => 0,
};
