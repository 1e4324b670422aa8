import { BadModelInput } from "../errors.ts";

/** A batch of pictures in 0..1: [batch, height, width, channels], red first. */
export interface Pixels {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float32Array;
}

/**
 * Pictures as an encoder takes them: cut around the middle to whole cells of `cell` pixels, alpha dropped, -1..1, channels first:
 * image [batch, 3, height * cell, width * cell]; `height` and `width` count cells. A single channel is taken as grey.
 * Throws `BadModelInput` for pictures smaller than a cell.
 */
export function pixelsToImage(
  { batch, height, width, channels, data }: Pixels,
  cell: number,
): { readonly image: Float32Array; readonly height: number; readonly width: number } {
  const rows = height - (height % cell);
  const columns = width - (width % cell);
  if (rows < cell || columns < cell)
    throw new BadModelInput(
      `a picture of ${width} x ${height} pixels is too small to encode: at least ${cell} x ${cell} are needed`,
    );
  const top = Math.floor((height % cell) / 2);
  const left = Math.floor((width % cell) / 2);
  const image = new Float32Array(batch * 3 * rows * columns);
  let o = 0;
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < 3; c++) {
      const channel = channels < 3 ? 0 : c;
      for (let y = 0; y < rows; y++) {
        let from = ((n * height + top + y) * width + left) * channels + channel;
        for (let x = 0; x < columns; x++, from += channels) image[o++] = data[from]! * 2 - 1;
      }
    }
  return { image, height: rows / cell, width: columns / cell };
}

/** A decoder's image [batch, 3, height, width] as pictures in 0..1: (x + 1) / 2, clamped; not a number becomes 0. */
export function imageToPixels(image: Float32Array, batch: number, height: number, width: number): Pixels {
  const data = new Float32Array(image.length);
  const plane = height * width;
  for (let n = 0; n < batch; n++)
    for (let c = 0; c < 3; c++) {
      const from = (n * 3 + c) * plane;
      for (let p = 0; p < plane; p++) {
        const value = (image[from + p]! + 1) / 2;
        data[(n * plane + p) * 3 + c] = value > 0 ? Math.min(value, 1) : 0;
      }
    }
  return { batch, height, width, channels: 3, data };
}
