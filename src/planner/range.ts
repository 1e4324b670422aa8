/** An estimate as two numbers: for rates, the worst and the best that is usual; for times, the shortest and the longest. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

export const addRanges = (a: Range, b: Range): Range => ({ low: a.low + b.low, high: a.high + b.high });
export const scaleRange = ({ low, high }: Range, factor: number): Range => ({ low: low * factor, high: high * factor });
