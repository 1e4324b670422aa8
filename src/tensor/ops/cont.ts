import { DTYPES } from "../dtype.ts";
import { isContiguous, type Tensor } from "../graph.ts";
import { hasDenseRows, refuse, show } from "./checks.ts";

/** x in row-major order: a copy, or x itself where it is contiguous already. Not for strided block encodings. Throws ShapeError. */
export function cont(x: Tensor): Tensor {
  if (isContiguous(x) && hasDenseRows(x)) return x;
  if (DTYPES[x.dtype].block > 1) refuse(x, "cont", `x ${show(x)} is strided; block encodings are not copied`);
  return x.graph.add({ op: "cont", inputs: [x], dtype: x.dtype, shape: x.shape });
}
