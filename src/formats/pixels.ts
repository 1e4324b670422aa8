/**
 * A decoded picture: rows from the top, channels interleaved. Channels: grey, grey + alpha, RGB, RGBA; alpha is not premultiplied.
 * `max` is the value that means 1: 255 for bytes, 65535 for 16 bits.
 */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly max: 255 | 65535;
  readonly data: Uint8Array | Uint16Array;
}
