import { DTYPES, type DType } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { expectContiguous, refuse, show } from "./checks.ts";

/** x in another encoding, contiguous; x itself where it has it already. Any float encoding to f32, and f32, f16, bf16 among themselves. Throws ShapeError. */
export function cast(x: Tensor, dtype: DType): Tensor {
  const op = "cast";
  if (x.dtype === dtype) return x;
  if (x.dtype === "i32" || dtype === "i32" || DTYPES[dtype].block > 1) refuse(x, op, `x ${show(x)} to ${dtype}`);
  if (DTYPES[x.dtype].block > 1) {
    if (dtype !== "f32") refuse(x, op, `x ${show(x)} to ${dtype}; block encodings become f32`);
    expectContiguous(op, "x", x);
  }
  return x.graph.add({ op, inputs: [x], dtype, shape: x.shape });
}
