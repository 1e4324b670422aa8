import type { GoldenCase, GoldenTensor } from "./goldenCase.ts";

/** Readers of a case's inputs that fail with its name and not with `undefined`. */
export function seedOf(golden: GoldenCase): bigint {
  return BigInt(param(golden, "seed", "string"));
}

export function param<T extends keyof Types>(golden: GoldenCase, name: string, type: T): Types[T] {
  const value = golden.params[name];
  const fits = type === "numbers" ? isNumbers(value) : typeof value === type;
  if (!fits) throw new Error(`params.${name} is ${JSON.stringify(value)}, expected a ${type}`);
  return value as Types[T];
}

export function input(golden: GoldenCase, name: string): GoldenTensor {
  const tensor = golden.inputs.get(name);
  if (tensor === undefined) throw new Error(`the case has no in.${name}`);
  return tensor;
}

/** An f32 input's values. */
export function floats(golden: GoldenCase, name: string): Float32Array {
  const { data } = input(golden, name);
  if (!(data instanceof Float32Array)) throw new Error(`in.${name} is not float32`);
  return data;
}

interface Types {
  string: string;
  number: number;
  boolean: boolean;
  numbers: readonly number[];
}
const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === "number");
