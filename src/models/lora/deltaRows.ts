import { readFloat32 } from "../../formats/readFloat32.ts";
import { toFloat32 } from "../../formats/toFloat32.ts";
import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import type { Chain } from "./adapter.ts";
import type { Step } from "./stack.ts";
import { publishedRow } from "./target.ts";

/** Rows `first` to `first + count` of a matrix, row after row, f32. */
export type ReadRows = (first: number, count: number) => Promise<Float32Array>;

/** Rows of a tensor in a file. Throws as `read` does. */
export function fileRows(source: WeightSource, { name, encoding, shape, bytes }: TensorEntry): ReadRows {
  const rowBytes = bytes / (shape[0] ?? 1);
  return async (first, count) => {
    const piece = new Uint8Array(count * rowBytes);
    await source.read(name, first * rowBytes, piece);
    return toFloat32(encoding, piece);
  };
}

/**
 * What a step adds to rows of its weight before alpha and strength, computed on the host: [count, columns] in the model's order of
 * rows, zeros where it changes nothing. For lengths of rows: a run computes products and never this matrix.
 */
export async function deltaRows(step: Step): Promise<ReadRows> {
  const { adapter, target, lora } = step;
  const { rows, columns, form } = adapter;
  const published = await publishedRows(step, columns);
  return async (first, count) => {
    const out = new Float32Array(count * columns);
    for (let n = 0; n < count; n++) {
      const r = first + n - step.first;
      if (r < 0 || r >= rows) continue;
      const row = await published(publishedRow(target.order, r, rows), 1);
      for (let c = 0; c < columns; c++) out[n * columns + c] = row[c]!;
    }
    return out;
  };

  async function publishedRows(step: Step, columns: number): Promise<ReadRows> {
    if (form.kind === "delta" || form.kind === "set")
      return fileRows(lora.source, { ...lora.source.tensors.get(form.weight)!, shape: [rows, columns] });
    if (form.kind === "kronecker") {
      const left = await product(step, form.left);
      const right = await product(step, form.right);
      return async (r) => {
        const [a, b] = [Math.floor(r / form.right.rows), r % form.right.rows];
        const row = new Float32Array(columns);
        for (let i = 0; i < form.left.columns; i++)
          for (let j = 0; j < form.right.columns; j++)
            row[i * form.right.columns + j] = left[a * form.left.columns + i]! * right[b * form.right.columns + j]!;
        return row;
      };
    }
    if (form.kind === "turned") throw new Error("invariant: what a GLoRA adds is not known without the weight");
    const weights = form.chain.weights;
    const up = await readFloat32(lora.source, weights.at(-1)!);
    const rank = up.length / rows;
    const inner = await product(step, { weights: weights.slice(0, -1), rows: rank, columns });
    return async (r) => multiply(up.subarray(r * rank, (r + 1) * rank), inner, 1, columns);
  }
}

/** The product of a chain, [rows, columns]. */
async function product({ lora }: Step, { weights, columns }: Chain): Promise<Float32Array> {
  let result: Float32Array | undefined;
  for (const name of weights) {
    const next = await readFloat32(lora.source, name);
    result = result ? multiply(next, result, next.length / (result.length / columns), columns) : next;
  }
  return result!;
}

/** a b: a [rows, n], b [n, columns]; summed in f64. */
function multiply(a: Float32Array, b: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(rows * columns);
  const inner = a.length / rows;
  const sum = new Float64Array(columns);
  for (let r = 0; r < rows; r++) {
    sum.fill(0);
    for (let n = 0; n < inner; n++) {
      const factor = a[r * inner + n]!;
      for (let c = 0; c < columns; c++) sum[c]! += factor * b[n * columns + c]!;
    }
    out.set(sum, r * columns);
  }
  return out;
}
