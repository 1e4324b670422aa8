import { realpath } from "node:fs/promises";
import { isAbsolute, join, normalize, sep } from "node:path";

/** `escapes`: it leads out of the folder, by its name or by a link. */
export type Contained =
  | { readonly kind: "inside"; readonly path: string }
  | { readonly kind: "missing" }
  | { readonly kind: "escapes" };

/**
 * Where a client's path leads inside a folder: compared by real paths, so that neither ".." nor a link gets out. The text is resolved as
 * the system does it, step by step: "a/.." is missing where there is no "a".
 */
export async function containedPath(root: string, path: string): Promise<Contained> {
  if (!staysInside(path)) return { kind: "escapes" };
  const real = await realOf(`${root}${sep}${path}`);
  const realRoot = await realOf(root);
  if (real === null || realRoot === null) return { kind: "missing" };
  return real === realRoot || real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)
    ? { kind: "inside", path: real }
    : { kind: "escapes" };
}

/** By its text alone: relative, and not above where it starts. A NUL ends a path early below us. */
export function staysInside(path: string): boolean {
  if (path.includes("\0") || isAbsolute(path) || /^[a-zA-Z]:/.test(path)) return false;
  const plain = normalize(path.replaceAll("\\", "/"));
  return plain !== ".." && !plain.startsWith(`..${sep}`) && !plain.startsWith("../") && !isAbsolute(plain);
}

/**
 * The same for a place that is to be written: what of it exists must be inside. Returns the place, its folders not made yet, or null if it
 * leads out.
 */
export async function containedPlace(root: string, path: string): Promise<string | null> {
  if (!staysInside(path)) return null;
  const parts = normalize(path.replaceAll("\\", "/"))
    .split(sep)
    .filter((part) => part !== "" && part !== ".");
  const realRoot = await realOf(root);
  // A root that is not there yet holds no link.
  if (realRoot === null) return join(root, ...parts);
  let at = realRoot;
  for (let n = 0; n < parts.length; n++) {
    const real = await realOf(join(at, parts[n]!));
    if (real === null) return join(at, ...parts.slice(n));
    if (!real.startsWith(realRoot.endsWith(sep) ? realRoot : realRoot + sep)) return null;
    at = real;
  }
  return at;
}

async function realOf(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch {
    return null;
  }
}
