/** What a conversion can stop at beside its files. Each names the tensor or the file and what to do. */

/** Weights that are no numbers, or that the encoding cannot hold: nothing that is made of them would be right. */
export class BadValues extends Error {
  override readonly name = "BadValues";
  readonly code = "bad-values";
}

/** The input is quantised itself: what one rounding lost, a second one adds to. */
export class AlreadyQuantised extends Error {
  override readonly name = "AlreadyQuantised";
  readonly code = "already-quantised";
}

/** The process that encodes ended, or was ended. `lines`: what it said last. */
export class EncoderDied extends Error {
  override readonly name = "EncoderDied";
  readonly code = "encoder-died";
  readonly lines: readonly string[];
  constructor(message: string, lines: readonly string[]) {
    super(message);
    this.lines = lines;
  }
}
