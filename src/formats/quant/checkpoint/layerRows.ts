import { readFloat32 } from "../../readFloat32.ts";
import type { LayerTensors, WeightSource } from "../../weightSource.ts";

/** Read once and kept as long as the source is: rows are asked for a few at a time, and a table of tokens has a factor for each. */
const known = new WeakMap<WeightSource, Map<string, Promise<Float32Array>>>();

function factorsOf(source: WeightSource, name: string): Promise<Float32Array> {
  const own = known.get(source) ?? new Map<string, Promise<Float32Array>>();
  known.set(source, own);
  const factors = own.get(name) ?? readFloat32(source, name);
  own.set(name, factors);
  // a read that failed may do better the next time
  factors.catch(() => own.delete(name));
  return factors;
}

/**
 * Rows of a quantised matrix as its layer computes with them: scaled, turned back and with the input's factors in. In place; `rows` are
 * [rows.length / columns, columns] from row `first` on. For a table's few rows and for looking at weights; runs never make this. Throws as `read`.
 */
export async function layerRows(
  source: WeightSource,
  { scale, inputScale, rotation }: LayerTensors,
  rows: Float32Array,
  columns: number,
  first: number,
): Promise<void> {
  if (scale !== undefined) {
    const factors = await factorsOf(source, scale);
    for (let i = 0; i < rows.length; i++)
      rows[i]! *= factors[factors.length === 1 ? 0 : first + Math.floor(i / columns)]!;
  }
  if (rotation !== undefined) {
    const matrix = await factorsOf(source, rotation);
    const n = Math.sqrt(matrix.length);
    const sums = new Float64Array(n);
    for (let from = 0; from < rows.length; from += n) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let i = 0; i < n; i++) sum += rows[from + i]! * matrix[i * n + j]!;
        sums[j] = sum;
      }
      rows.set(sums, from);
    }
  }
  if (inputScale !== undefined) {
    const factors = await factorsOf(source, inputScale);
    for (let i = 0; i < rows.length; i++) rows[i]! *= factors[i % columns]!;
  }
}
