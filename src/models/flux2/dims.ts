/** Every size of a Flux 2 transformer, read from tensor shapes. */
export interface Flux2Dims {
  /** Latent channels in and out: 128 in the published files. */
  readonly channels: number;
  readonly hidden: number;
  readonly heads: number;
  readonly headDim: number;
  /** Width of the text context. */
  readonly context: number;
  /** Values of a timestep embedding: 256. */
  readonly time: number;
  readonly doubleBlocks: number;
  readonly singleBlocks: number;
  /** Inner width of the gated MLPs of double and of single blocks: 3 x hidden. */
  readonly doubleInner: number;
  readonly singleInner: number;
  /** The file has `guidance_in` (dev): it can be told how strongly to follow the text. */
  readonly guidance: boolean;
}
