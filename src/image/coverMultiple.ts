import type { Window } from "./window.ts";

/**
 * How a picture gets sides that are multiples of a number: scaled until it covers the next smaller such size, then cut around the middle to
 * it. Null where it has them already, or is smaller than one multiple.
 */
export function coverMultiple(
  { width, height }: { readonly width: number; readonly height: number },
  multiple: number,
): { readonly scaled: { readonly width: number; readonly height: number }; readonly window: Window } | null {
  const down = (side: number) => Math.floor(side / multiple) * multiple;
  const target = { width: down(width), height: down(height) };
  if (target.width === 0 || target.height === 0) return null;
  if (target.width === width && target.height === height) return null;
  const [wide, high] = [target.width / width, target.height / height];
  const scaled =
    wide >= high
      ? { width: target.width, height: Math.max(Math.ceil(height * wide), target.height) }
      : { width: Math.max(Math.ceil(width * high), target.width), height: target.height };
  const x = Math.floor((scaled.width - target.width) / 2);
  const y = Math.floor((scaled.height - target.height) / 2);
  return { scaled, window: { x, y, ...target } };
}
