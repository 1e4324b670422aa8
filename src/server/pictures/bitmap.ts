/** A decoded picture as the codecs take and give it: [height, width, 4], bytes, alpha not premultiplied. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
