import type { Bytes, WeightId } from "./words.ts";

/** Where in the window a weight goes: the index of a chunk, and an offset in it. */
export interface WindowPlace {
  readonly chunk: number;
  readonly offset: Bytes;
}

/**
 * A fixed place in the window for each weight that streams, so that what a stage streams lies side by side, whatever the order of frees.
 * `streamed[t]`: what stage t streams; `chunks`: the window's. A place that overlaps another's is loaded when that one has been used.
 *
 * `ring`: one after the other, from the start again where the end is reached. As much as fits lies ahead of the stage that computes.
 * `sides`: stages from both ends of the window by turns. Wastes nothing: what one stage streams is enough, and two that follow each other lie
 * side by side as far as they fit.
 *
 * Null: some stage's own weights would overlap.
 */
export function windowPlaces(
  streamed: readonly (readonly WeightId[])[],
  bytes: (weight: WeightId) => Bytes,
  chunks: readonly Bytes[],
  shape: "ring" | "sides",
): ReadonlyMap<WeightId, WindowPlace> | null {
  const places = new Map<WeightId, WindowPlace>();
  let left = { chunk: 0, offset: 0 };
  let right = { chunk: chunks.length - 1, offset: chunks.at(-1) ?? 0 };
  let fromRight = false;
  for (const weights of streamed) {
    if (weights.length === 0) continue;
    if (shape === "sides") {
      left = { chunk: 0, offset: 0 };
      right = { chunk: chunks.length - 1, offset: chunks.at(-1) ?? 0 };
    }
    for (const weight of weights) {
      if (places.has(weight)) continue;
      const size = bytes(weight);
      if (fromRight) {
        while (right.chunk >= 0 && right.offset < size)
          right = { chunk: right.chunk - 1, offset: chunks[right.chunk - 1] ?? 0 };
        if (right.chunk < 0) return null;
        right = { chunk: right.chunk, offset: right.offset - size };
        places.set(weight, right);
        continue;
      }
      for (let skipped = 0; left.offset + size > (chunks[left.chunk] ?? -1); skipped++) {
        if (skipped > chunks.length) return null;
        left = { chunk: left.chunk + 1, offset: 0 };
        if (left.chunk < chunks.length) continue;
        if (shape === "sides") return null;
        left = { chunk: 0, offset: 0 };
      }
      places.set(weight, left);
      left = { chunk: left.chunk, offset: left.offset + size };
    }
    if (shape === "sides") fromRight = !fromRight;
  }
  return streamed.every((weights) => apart(weights, places, bytes)) ? places : null;
}

/** No two of these weights overlap. */
function apart(
  weights: readonly WeightId[],
  places: ReadonlyMap<WeightId, WindowPlace>,
  bytes: (weight: WeightId) => Bytes,
): boolean {
  if (weights.length < 2) return true;
  const sorted = weights
    .map((weight) => ({ ...places.get(weight)!, size: bytes(weight) }))
    .sort((a, b) => a.chunk - b.chunk || a.offset - b.offset);
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1]!, sorted[i]!];
    if (a.chunk === b.chunk && a.offset + a.size > b.offset) return false;
  }
  return true;
}
