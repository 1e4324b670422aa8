/**
 * Values on a grid of rows and columns, as the arithmetic here sees all of them: [outer, height, width, inner]. A picture is outer
 * = batch, inner = channels; a mask has inner 1; a latent has outer = batch * channels and inner 1.
 */
export interface Grid {
  readonly outer: number;
  readonly height: number;
  readonly width: number;
  readonly inner: number;
  readonly data: Float32Array;
}
