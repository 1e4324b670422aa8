import type { WeightStore } from "../deviceMemory.ts";
import type { Bytes, WeightId } from "../words.ts";

/** The byte at `offset` of a weight: no two weights, and no two neighbouring ranges of one, look alike. */
export function fakeByte(weight: WeightId, offset: Bytes): number {
  return (Math.imul(weight + 1, 0x9e3779b1) ^ Math.imul(offset + 7, 0x85ebca6b)) >>> 24;
}

export interface FakeStoreOptions {
  /** Called before each fill, counted from 1: true makes it reject, half done. */
  readonly fails?: (nth: number) => boolean;
  /** Called at each fill. */
  readonly see?: (weight: WeightId) => void;
  /** Awaited in the middle of each fill. */
  readonly pause?: () => Promise<void>;
}

/** A store whose bytes follow from weight and offset alone. */
export function fakeStore(options: FakeStoreOptions = {}): WeightStore & { readonly fills: WeightId[] } {
  const fills: WeightId[] = [];
  return {
    fills,
    async fill(weight, offset, into) {
      fills.push(weight);
      options.see?.(weight);
      const nth = fills.length;
      const half = into.length >> 1;
      for (let i = 0; i < half; i++) into[i] = fakeByte(weight, offset + i);
      await options.pause?.();
      if (options.fails?.(nth)) throw new FakeReadError(nth);
      for (let i = half; i < into.length; i++) into[i] = fakeByte(weight, offset + i);
    },
  };
}

export class FakeReadError extends Error {
  override readonly name = "FakeReadError";
  readonly code = "fake-read";
  constructor(nth: number) {
    super(`read ${nth} failed`);
  }
}
