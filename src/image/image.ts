/**
 * Pictures as nodes see them: [batch, height, width, channels], f32 from 0 to 1, sRGB as it comes (nothing here is linear light).
 * Channels are 3, or 4 with alpha. Plain arrays, no device.
 */
export interface ImageBatch {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly batch: number;
  readonly data: Float32Array;
}

/** Makes a batch and checks its bookkeeping; zeros without `data`. */
export function imageBatch(
  { width, height, channels, batch }: Omit<ImageBatch, "data">,
  data: Float32Array = new Float32Array(batch * height * width * channels),
): ImageBatch {
  if (data.length !== batch * height * width * channels)
    throw new Error(
      `invariant: ${data.length} values for an image batch of [${batch}, ${height}, ${width}, ${channels}]`,
    );
  return { width, height, channels, batch, data };
}
