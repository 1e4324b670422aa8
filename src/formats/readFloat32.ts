import { MissingTensor } from "./errors.ts";
import { quote } from "./quote.ts";
import { toFloat32 } from "./toFloat32.ts";
import type { WeightSource } from "./weightSource.ts";

/** A whole tensor as f32. For small tensors (vectors, tables, tests): it holds file bytes and values at once. Throws as `read` does. */
export async function readFloat32(source: WeightSource, name: string): Promise<Float32Array> {
  const entry = source.tensors.get(name);
  if (!entry) throw new MissingTensor(source.path, `has no tensor ${quote(name)}`);
  const bytes = new Uint8Array(entry.bytes);
  await source.read(name, 0, bytes);
  return toFloat32(entry.encoding, bytes);
}
