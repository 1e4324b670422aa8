import type { Family } from "./family.ts";

/** Every size of a text encoder, read from tensor shapes. */
export interface TextDims {
  readonly family: Family;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  /** Inner width of the gated MLPs. */
  readonly inner: number;
  /** Positions turn neighbours in a head, not a value of its first half with one of its second: rows of queries and keys lie so. */
  readonly neighbours?: true;
  /** Layers in the file; those behind the last tap are neither loaded nor run. */
  readonly layers: number;
}
