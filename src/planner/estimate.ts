import type { Bytes } from "../memory/words.ts";
import type { Range } from "./range.ts";

/** What a pass asks of a machine. */
export interface Work {
  readonly flops: number;
  /** Bytes from host memory to the device. */
  readonly hostBytes: Bytes;
  readonly diskBytes: Bytes;
}

/** What the machine does per second. `host` is null on a device whose memory is the machine's own. */
export interface Rates {
  readonly flops: Range;
  readonly host: Range | null;
  readonly disk: Range;
}

/** For people: how `estimate` counts. */
export const FORMULA =
  "shortest: max(operations / best rate, bytes over the bus / best rate, bytes from disk / best rate), as all three overlap; " +
  "longest: their sum at the worst rates, as nothing does";

/** Seconds. Source: residency.md, "What is known": max(C, (M - R) / beta) where copies overlap, C + (M - R) / beta where they do not. */
export function estimate({ flops, hostBytes, diskBytes }: Work, rates: Rates): Range {
  const bus = rates.host ?? { low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return {
    low: Math.max(flops / rates.flops.high, hostBytes / bus.high, diskBytes / rates.disk.high),
    high: flops / rates.flops.low + hostBytes / bus.low + diskBytes / rates.disk.low,
  };
}
