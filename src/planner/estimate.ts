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

/**
 * Half of what one core makes of the slowest, nvfp4 (1.5 GB/s), and six free cores at the commonest, e4m3 to Q8_0 (3.1). Source: the vector loops of
 * formats/quant/checkpoint/kernels, GB/s of the file, the fastest of many on one core of an AMD EPYC: e4m3 to F16 2.6, mxfp8 to Q8_0 2.2 and to BF16 2.1,
 * asym_w4a8 1.9, qint4 2.1, int4 6.5, int8 12, a cast of bf16 3.1. By processor time, reading the file included, e4m3 makes 1.7 to 2.2.
 */
export const RECODE: Range = { low: 0.75e9, high: 18e9 };

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
