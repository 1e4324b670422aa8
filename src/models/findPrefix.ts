import type { WeightSource } from "../formats/weightSource.ts";

/**
 * What stands before a model's keys in a file: "" in a bare file, `model.diffusion_model.` or `first_stage_model.` in a checkpoint.
 * It is whatever precedes `key`, which only this kind of model has; the shortest where there are several. `null`: the file has no such key.
 */
export function findPrefix(source: WeightSource, key: string): string | null {
  let prefix: string | null = null;
  for (const name of source.tensors.keys()) {
    if (name !== key && !name.endsWith(`.${key}`)) continue;
    const before = name.slice(0, name.length - key.length);
    if (prefix === null || before.length < prefix.length) prefix = before;
  }
  return prefix;
}
