import type { Encoding, TensorEntry, WeightSource } from "../../src/formats/weightSource.ts";

/** A file that is all header: enough for what opens models. Reading its weights gives zeros. */
export function headerSource(
  shapes: Readonly<Record<string, readonly number[]>>,
  {
    path = "model.safetensors",
    encoding = "BF16",
    size = 2,
  }: { path?: string; encoding?: Encoding; size?: number } = {},
): WeightSource {
  const tensors = new Map<string, TensorEntry>();
  let offset = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const bytes = shape.reduce((n, axis) => n * axis, size);
    tensors.set(name, { name, encoding, shape, offset, bytes });
    offset += bytes;
  }
  return {
    path,
    identity: path,
    fileBytes: offset,
    tensors,
    metadata: {},
    read: async (_name, _offset, into) => void into.fill(0),
    close: async () => {},
  };
}
