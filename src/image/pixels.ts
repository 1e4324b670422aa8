/** A decoded picture as formats/ hands it over: [height, width, channels]; grey, grey + alpha, RGB, RGBA; `max` is what means 1. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 2 | 3 | 4;
  readonly max: number;
  readonly data: Uint8Array | Uint16Array;
}
