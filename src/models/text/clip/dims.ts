/** Of the layer norms. Source: the published configurations. */
export const CLIP_EPS = 1e-5;

/** Every size of a CLIP text encoder, read from tensor shapes. */
export interface ClipDims {
  readonly vocabulary: number;
  readonly hidden: number;
  readonly heads: number;
  readonly headDim: number;
  /** Inner width of the MLPs. */
  readonly inner: number;
  readonly layers: number;
  /** Tokens of one chunk: a text has as many as there are positions, pads included. */
  readonly tokens: number;
}
