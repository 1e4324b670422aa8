import type { Shape } from "../../tensor/dtype.ts";

/** LoHa's four factors, rows after rows, f32: delta = (w1a w1b) * (w2a w2b), elementwise. w?a: [rows, rank?], w?b: [rank?, columns]. */
export interface HadamardFactors {
  readonly rows: number;
  readonly columns: number;
  readonly rank1: number;
  readonly rank2: number;
  readonly w1a: Float32Array;
  readonly w1b: Float32Array;
  readonly w2a: Float32Array;
  readonly w2b: Float32Array;
}

/** A weight that is made of LoHa's factors while it is read. */
export type HadamardPart = "delta" | "up" | "down";

/**
 * The elementwise product of two products is itself of low rank, rank1 x rank2: up[r, i n + j] = w1a[r, i] w2a[r, j], and down so by columns.
 * Every value of these is one product of two, and so they are smaller than the delta for all usual ranks. Which is smaller is taken.
 * Source: the face-splitting product, arXiv:2108.06098 (FedPara), 3.
 */
export function hadamardParts({
  rows,
  columns,
  rank1,
  rank2,
}: Pick<HadamardFactors, "rows" | "columns" | "rank1" | "rank2">): readonly {
  readonly part: HadamardPart;
  readonly shape: Shape;
}[] {
  const rank = rank1 * rank2;
  if (rank * (rows + columns) >= rows * columns) return [{ part: "delta", shape: [rows, columns] }];
  return [
    { part: "down", shape: [rank, columns] },
    { part: "up", shape: [rows, rank] },
  ];
}

/** Rows `first` to `first + count` of a part, row after row. */
export function hadamardRows(f: HadamardFactors, part: HadamardPart, first: number, count: number): Float32Array {
  const { columns, rank1, rank2, w1a, w1b, w2a, w2b } = f;
  if (part === "up") {
    const out = new Float32Array(count * rank1 * rank2);
    let at = 0;
    for (let r = first; r < first + count; r++)
      for (let i = 0; i < rank1; i++)
        for (let j = 0; j < rank2; j++) out[at++] = w1a[r * rank1 + i]! * w2a[r * rank2 + j]!;
    return out;
  }
  const out = new Float32Array(count * columns);
  if (part === "down") {
    for (let n = 0; n < count; n++) {
      const [i, j] = [Math.floor((first + n) / rank2), (first + n) % rank2];
      for (let c = 0; c < columns; c++) out[n * columns + c] = w1b[i * columns + c]! * w2b[j * columns + c]!;
    }
    return out;
  }
  const row1 = new Float64Array(columns);
  const row2 = new Float64Array(columns);
  for (let n = 0; n < count; n++) {
    productRow(row1, w1a, w1b, first + n, rank1);
    productRow(row2, w2a, w2b, first + n, rank2);
    for (let c = 0; c < columns; c++) out[n * columns + c] = row1[c]! * row2[c]!;
  }
  return out;
}

/** into = row r of a b; a: [rows, rank]. */
function productRow(into: Float64Array, a: Float32Array, b: Float32Array, r: number, rank: number): void {
  into.fill(0);
  for (let q = 0; q < rank; q++) {
    const factor = a[r * rank + q]!;
    const from = q * into.length;
    for (let c = 0; c < into.length; c++) into[c]! += factor * b[from + c]!;
  }
}
