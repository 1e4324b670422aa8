/** Of the root mean square norms. Source: the published configurations. */
export const T5_EPS = 1e-6;

/** Every size of a T5 encoder, read from tensor shapes. */
export interface T5Dims {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  readonly headDim: number;
  /** Inner width of the gated MLPs. */
  readonly inner: number;
  readonly layers: number;
  /** Rows of the table of position biases: half of them for keys before the query, half for those behind it. */
  readonly buckets: number;
}
