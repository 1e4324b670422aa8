import { MissingTensor } from "../formats/errors.ts";
import { layerRows } from "../formats/quant/checkpoint/layerRows.ts";
import { toFloat32 } from "../formats/toFloat32.ts";
import type { WeightSource } from "../formats/weightSource.ts";
import { BadModelInput } from "./errors.ts";

/** Reads under way at a time: enough to keep a disk busy, few enough not to fill Node's pool of threads. */
const READS = 4;

/**
 * Rows of a table [rows, width] as f32: [ids.length, width]. Only the rows asked for are read, each once, so that a table of a gigabyte
 * costs a few hundred kilobytes. Throws `BadModelInput` for an id that is no row, and as `read` does.
 */
export async function gatherRows(source: WeightSource, name: string, ids: ArrayLike<number>): Promise<Float32Array> {
  const entry = source.tensors.get(name);
  if (!entry) throw new MissingTensor(source.path, `has no tensor ${name}`);
  const { layer } = entry;
  const [rows = 0, width = 0] = entry.shape;
  const rowBytes = entry.bytes / rows;
  const places = new Map<number, number[]>();
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (!Number.isSafeInteger(id) || id < 0 || id >= rows)
      throw new BadModelInput(`token ${id} is not among the ${rows} rows of ${name} in ${source.path}`);
    const known = places.get(id);
    if (known) known.push(i);
    else places.set(id, [i]);
  }
  const out = new Float32Array(ids.length * width);
  const todo = [...places].sort(([a], [b]) => a - b);
  const worker = async () => {
    for (let next = todo.pop(); next; next = todo.pop()) {
      const [id, at] = next;
      const bytes = new Uint8Array(rowBytes);
      await source.read(name, id * rowBytes, bytes);
      const row = toFloat32(entry.encoding, bytes);
      if (layer) await layerRows(source, layer, row, width, id);
      for (const i of at) out.set(row, i * width);
    }
  };
  await Promise.all(Array.from({ length: READS }, worker));
  return out;
}
