import type { Stored } from "./recodeSpec.ts";

/** A layer as a file stores it, found from its header and its descriptions. */
export interface StoredLayer {
  /** The name the weight has without quantisation: "layer.weight". */
  readonly name: string;
  readonly stored: Stored;
  /** What the file calls it, for people: "nvfp4". */
  readonly format: string;
  /** As stored, values, padding included; of `affine` the matrix of groups. */
  readonly shape: readonly [rows: number, columns: number];
  /** Raw tensor of f32 (or 16-bit) values that multiply the product: one, or one a row. */
  readonly scale?: string;
  /** Raw tensor that multiplies the layer's input, value by value. */
  readonly inputScale?: string;
  /** The layer's input is turned by `hadamard(rotation)` in groups: rows were turned before they were quantised. */
  readonly rotation?: number;
  /** Raw tensors that are parts of this layer, or say how it is read, and none of the model's own. */
  readonly parts: readonly string[];
}
