/** Masks as nodes see them: [batch, height, width], f32 from 0 to 1; 1 is where something is to be done. */
export interface MaskBatch {
  readonly width: number;
  readonly height: number;
  readonly batch: number;
  readonly data: Float32Array;
}
