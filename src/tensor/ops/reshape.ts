import { DTYPES, elements } from "../dtype.ts";
import { contiguous, type Tensor } from "../graph.ts";
import { expectContiguous, refuse, show } from "./checks.ts";

/** The same elements under another shape: a view, no copy. x: contiguous, any encoding. Throws ShapeError. */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const op = "reshape";
  expectContiguous(op, "x", x);
  if (elements(shape) !== elements(x.shape))
    refuse(x, op, `x ${show(x)} has ${elements(x.shape)} elements, [${shape.join(", ")}] ${elements(shape)}`);
  if ((shape.at(-1) ?? 0) % DTYPES[x.dtype].block !== 0)
    refuse(x, op, `[${shape.join(", ")}] cuts the blocks of x ${show(x)}`);
  if (shape.join() === x.shape.join()) return x;
  const strides = contiguous({ dtype: x.dtype, shape });
  return x.graph.add({ op, inputs: [x], dtype: x.dtype, shape: [...shape], view: { of: x, strides, offset: 0 } });
}
