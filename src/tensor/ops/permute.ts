import { DTYPES } from "../dtype.ts";
import type { Tensor } from "../graph.ts";
import { refuse, show } from "./checks.ts";

/** torch.permute: axis i of the result is axis axes[i] of x. A view, no copy; x may be strided. A block encoding keeps its last axis. Throws ShapeError. */
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  const op = "permute";
  const rank = x.shape.length;
  if (axes.length !== rank || axes.toSorted((a, b) => a - b).some((axis, i) => axis !== i))
    refuse(x, op, `[${axes.join(", ")}] is no order of the ${rank} axes of x ${show(x)}`);
  if (DTYPES[x.dtype].block > 1 && axes[rank - 1] !== rank - 1)
    refuse(x, op, `[${axes.join(", ")}] moves the last axis of x ${show(x)}, whose blocks lie along it`);
  return x.graph.add({
    op,
    inputs: [x],
    params: { axes: [...axes] },
    dtype: x.dtype,
    shape: axes.map((axis) => x.shape[axis]!),
    view: { of: x, strides: axes.map((axis) => x.strides[axis]!), offset: 0 },
  });
}
