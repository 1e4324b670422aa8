import type { Bytes } from "../memory/words.ts";
import type { Range } from "./range.ts";

/** What a pass asks of a machine. */
export interface Work {
  readonly flops: number;
  /** Bytes from host memory to the device. */
  readonly hostBytes: Bytes;
  readonly diskBytes: Bytes;
  /** Of resident weights that the host makes out of other encodings as it reads them. */
  readonly recodeBytes?: Bytes;
}

/** What the machine does per second. `host` is null on a device whose memory is the machine's own. */
export interface Rates {
  readonly flops: Range;
  readonly host: Range | null;
  readonly disk: Range;
  /** Bytes of weights re-encoded; default: `RECODE`. */
  readonly recode?: Range;
}

/** One loaded core, and six free ones. Source: ggml.md, "Encodings": 0.27 GB/s a core for the commonest, e4m3 to Q8_0. */
export const RECODE: Range = { low: 0.2e9, high: 1.6e9 };

/** For people: how `estimate` counts. */
export const FORMULA =
  "shortest: max(operations / best rate, bytes over the bus / best rate, bytes from disk / best rate), as all three overlap; " +
  "longest: their sum at the worst rates, as nothing does";

/** Seconds. Source: residency.md, "What is known": max(C, (M - R) / beta) where copies overlap, C + (M - R) / beta where they do not. */
export function estimate({ flops, hostBytes, diskBytes, recodeBytes = 0 }: Work, rates: Rates): Range {
  const bus = rates.host ?? { low: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const recode = rates.recode ?? RECODE;
  return {
    low: Math.max(
      flops / rates.flops.high,
      hostBytes / bus.high,
      diskBytes / rates.disk.high,
      recodeBytes / recode.high,
    ),
    high: flops / rates.flops.low + hostBytes / bus.low + diskBytes / rates.disk.low + recodeBytes / recode.low,
  };
}
