import { WeightTooLarge } from "./errors.ts";
import { PIECE } from "./loader.ts";
import type { State } from "./state.ts";
import type { ModelId, WeightId, WeightSpec } from "./words.ts";

/** `Residency.register`: rows of the table, and room for the staging that their loads will take. Throws `WeightTooLarge`. */
export function registerModel(state: State, model: ModelId, weights: readonly WeightSpec[]): readonly WeightId[] {
  const { memory, table, ram, tenant, concurrency } = state;
  const sizes = weights.map(({ name, bytes }) => {
    const size = Math.max(1, Math.ceil(bytes / memory.alignment)) * memory.alignment;
    if (size > memory.maxChunkBytes) throw new WeightTooLarge(name, bytes, memory.maxChunkBytes, memory.device);
    return size;
  });
  const piece = Math.min(PIECE, Math.max(0, ...weights.map(({ bytes }) => bytes)));
  ram.reserveStaging(tenant, concurrency * piece);
  return weights.map(({ name, bytes }, i) => {
    const id = table.length;
    table.push({
      id,
      model,
      name,
      bytes,
      size: sizes[i]!,
      state: "absent",
      place: null,
      chunk: null,
      load: null,
      ram: null,
      holds: 0,
      nextUse: Number.POSITIVE_INFINITY,
      uses: 1,
      lastRun: 0,
      lastUse: -1,
      neededUntil: -1,
      used: false,
      fence: null,
      fences: null,
    });
    return id;
  });
}
