import type { DType, Shape } from "../tensor/dtype.ts";

/** A tensor in memory. `bytes` starts at its first element and runs to the end of its buffer; strides count bytes, outermost first. */
export interface Operand {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}
