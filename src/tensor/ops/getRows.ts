import type { Tensor } from "../graph.ts";
import { expectContiguous, expectDenseRows, expectRank, refuse, show } from "./checks.ts";

/**
 * y[i] = table[rows[i]]. table: [n, k], any encoding of floats; rows: i32 [r], contiguous, each in 0..n-1 (their values are the
 * caller's to check: ggml ends the process on a bad one). y: [r, k] f32. Throws ShapeError.
 */
export function getRows(table: Tensor, rows: Tensor): Tensor {
  const op = "getRows";
  expectRank(op, "table", table, 2);
  expectRank(op, "rows", rows, 1);
  if (table.dtype === "i32") refuse(table, op, `table is ${show(table)}, expected floats`);
  if (rows.dtype !== "i32") refuse(table, op, `rows is ${show(rows)}, expected i32`);
  expectDenseRows(op, "table", table);
  expectContiguous(op, "rows", rows);
  return table.graph.add({ op, inputs: [table, rows], dtype: "f32", shape: [rows.shape[0]!, table.shape[1]!] });
}
