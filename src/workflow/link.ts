import { type Link, MATCH_TYPE } from "./node.ts";

/** Any list is meant as a link in API format; only `[id, slot]` is one. Values that are lists travel as `{"__value__": [...]}`. */
export function isLink(value: unknown): value is Link {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === "string" && typeof value[1] === "number";
}

/** Types match when they share a name; they may be comma-separated lists; `*` and types that are settled by a template match all. */
export function typesMatch(received: string, wanted: string): boolean {
  if (received === wanted) return true;
  const names = (types: string) => types.split(",").map((name) => name.trim());
  const [a, b] = [names(received), names(wanted)];
  const any = (types: readonly string[]) => types.includes("*") || types.includes(MATCH_TYPE);
  return any(a) || any(b) || a.some((name) => b.includes(name));
}
