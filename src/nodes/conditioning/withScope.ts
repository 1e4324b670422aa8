import type { Conditioning, CondScope } from "../values.ts";

/** The same conditioning with more said of where and when it counts. */
export const withScope = (conditioning: Conditioning, more: CondScope): Conditioning =>
  conditioning.map((entry) => ({ ...entry, scope: { ...entry.scope, ...more } }));
