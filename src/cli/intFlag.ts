import { UsageError } from "./errors.ts";

/** A flag that takes a whole number of at least `min`. */
export function intFlag(flag: string, min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= min) return value;
    throw new UsageError(`${flag} takes a whole number from ${min} up; got "${text}"`);
  };
}

const LARGEST_SEED = 2n ** 64n - 1n;

/** `--seed`: 0 to 2^64 - 1, as ComfyUI's nodes take it. */
export function seedFlag(text: string): bigint {
  if (/^\d{1,20}$/.test(text) && BigInt(text) <= LARGEST_SEED) return BigInt(text);
  throw new UsageError(`--seed takes a whole number from 0 to ${LARGEST_SEED}; got "${text}"`);
}
