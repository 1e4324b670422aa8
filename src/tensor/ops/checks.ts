import { DTYPES, padded, type Shape } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { isContiguous, type Tensor } from "../graph.ts";

/*
 * What every op asks of its operands before a node is made. ggml asserts the same and ends the process; some of its devices ask for more
 * than the CPU does (CUDA wants unary, roll, groupNorm and pad contiguous), and a graph must run on all, so the strictest rule holds here.
 */

/** `[2, 3] f32` */
export const show = (t: Tensor): string => `[${t.shape.join(", ")}] ${t.dtype}`;

export function refuse(at: Tensor, op: string, why: string): never {
  throw new ShapeError(`${at.graph.options.name}.${op}: ${why}`);
}

export function expectF32(op: string, name: string, t: Tensor): void {
  if (t.dtype !== "f32") refuse(t, op, `${name} is ${show(t)}, expected f32`);
}

export function expectRank(op: string, name: string, t: Tensor, rank: number): void {
  if (t.shape.length !== rank) refuse(t, op, `${name} is ${show(t)}, expected ${rank} ${rank === 1 ? "axis" : "axes"}`);
}

export function expectShape(op: string, name: string, t: Tensor, shape: Shape): void {
  if (t.shape.join() !== shape.join()) refuse(t, op, `${name} is ${show(t)}, expected [${shape.join(", ")}]`);
}

/** Neighbours on the last axis lie side by side. */
export const hasDenseRows = (t: Tensor): boolean => t.strides.at(-1) === DTYPES[t.dtype].bytes;

export function expectDenseRows(op: string, name: string, t: Tensor): void {
  if (!hasDenseRows(t))
    refuse(t, op, `${name} ${show(t)} is strided on its last axis (${t.strides.at(-1)} bytes); cont() it first`);
}

export function expectContiguous(op: string, name: string, t: Tensor): void {
  if (!isContiguous(t) || !hasDenseRows(t))
    refuse(t, op, `${name} ${show(t)} is not contiguous (strides [${t.strides.join(", ")}]); cont() it first`);
}

/** Rows may be apart, but evenly: row r of all rows starts at r * stride. */
export function expectEvenRows(op: string, name: string, t: Tensor): void {
  expectDenseRows(op, name, t);
  let next: number | undefined;
  for (let axis = t.shape.length - 2; axis >= 0; axis--) {
    const size = t.shape[axis]!;
    if (size !== 1 && next !== undefined && t.strides[axis] !== next)
      refuse(t, op, `${name} ${show(t)} has unevenly spaced rows (strides [${t.strides.join(", ")}]); cont() it first`);
    next = size * (next === undefined ? t.strides[axis]! : next);
  }
}

/** Every axis of `b`, right-aligned, divides that of `a`. */
export function expectDivides(op: string, a: [string, Tensor], b: [string, Tensor]): void {
  const whole = padded(a[1].shape);
  if (padded(b[1].shape).some((size, axis) => whole[axis]! % size !== 0))
    refuse(a[1], op, `${b[0]} ${show(b[1])} does not divide ${a[0]} ${show(a[1])}`);
}

/** The axis counted from the front; negative ones count from the back. */
export function axisOf(op: string, t: Tensor, axis: number): number {
  const rank = t.shape.length;
  const index = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(index) || index < 0 || index >= rank) refuse(t, op, `axis ${axis} of ${show(t)}`);
  return index;
}

export function expectWhole(op: string, at: Tensor, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least)
    refuse(at, op, `${name} is ${value}, expected a whole number >= ${least}`);
}

export function expectFinite(op: string, at: Tensor, name: string, value: number): void {
  if (!Number.isFinite(value)) refuse(at, op, `${name} is ${value}`);
}
