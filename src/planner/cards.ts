import type { Range } from "./range.ts";

/** What a card's maker publishes. */
export interface Card {
  readonly name: string;
  /** Device memory in bytes. */
  readonly memoryBytes: number;
  /** Single-precision operations per second, as published. */
  readonly fp32: number;
  /** PCIe lanes, of generation 4. */
  readonly lanes: 8 | 16;
  /** Where the figures are from. */
  readonly source: string;
}

const GiB = 2 ** 30;
const ADA = "https://www.club386.com/complete-geforce-rtx-4070-specifications-reveal-a-frugal-599-gpu/";
const AMPERE = "https://fudzilla.net/news/graphics/51457-nvidia-rtx-30-series-specifications-are-now-official";
const LANES =
  "https://cpu-gpu.alldbin.com/graphics-card-comparison/GeForce-RTX-4090-and-GeForce-RTX-3060-12-GB-GA104-comparison.html";

/** Cards to plan for without having them. Memory is sold as GB and is GiB. */
export const cards: readonly Card[] = [
  { name: "RTX 4090", memoryBytes: 24 * GiB, fp32: 82.6e12, lanes: 16, source: `${ADA}, ${LANES}` },
  { name: "RTX 3090", memoryBytes: 24 * GiB, fp32: 35.7e12, lanes: 16, source: AMPERE },
  {
    name: "RTX 4080",
    memoryBytes: 16 * GiB,
    fp32: 48.7e12,
    lanes: 16,
    source: `${ADA}, https://cpu-gpu.alldbin.com/graphics-card-comparison/GeForce-RTX-4080-and-GeForce-RTX-4060-AD106-comparison.html`,
  },
  {
    name: "RTX 4060 Ti 16GB",
    memoryBytes: 16 * GiB,
    fp32: 22.06e12,
    lanes: 8,
    source: "https://cputronic.com/gpu/nvidia-geforce-rtx-4060-ti-16-gb",
  },
  { name: "RTX 4070 Ti", memoryBytes: 12 * GiB, fp32: 40.1e12, lanes: 16, source: ADA },
  { name: "RTX 4070", memoryBytes: 12 * GiB, fp32: 29.1e12, lanes: 16, source: ADA },
  {
    name: "RTX 3060",
    memoryBytes: 12 * GiB,
    // 3584 cores, two operations a cycle, 1.777 GHz.
    fp32: 12.7e12,
    lanes: 16,
    source: LANES,
  },
  { name: "RTX 3080", memoryBytes: 10 * GiB, fp32: 29.8e12, lanes: 16, source: AMPERE },
  {
    name: "RTX 3070",
    memoryBytes: 8 * GiB,
    fp32: 20e12,
    lanes: 16,
    source: "https://gamingpcbuilder.com/rtx-3090-3080-and-3070-specs-details-unveiled",
  },
  {
    name: "RTX 4060",
    memoryBytes: 8 * GiB,
    fp32: 15.11e12,
    lanes: 8,
    source: "https://cputronic.com/gpu/nvidia-geforce-rtx-4060",
  },
];

/** "RTX 4070", "rtx4070", "GeForce RTX 4070". */
export function findCard(text: string): Card | undefined {
  const plain = (name: string): string => name.toLowerCase().replace(/nvidia|geforce|[^a-z0-9]/g, "");
  return cards.find(({ name }) => plain(name) === plain(text));
}

/** Bytes per second of a lane of PCIe 4.0: 16 GT/s, 128 of 130 bits carry data. */
const LANE = (16e9 * (128 / 130)) / 8;
/** Of the published peak: what copies out of pageable memory, and out of pinned memory, usually reach. An assumption. */
const COPIES: Range = { low: 0.35, high: 0.85 };
/**
 * 16-bit products with 32-bit sums run at twice the published single-precision rate on these cards (RTX 4060: 30.23 to 15.11 TFLOPS,
 * https://hmc-tech.com/gpu/nvidia-geforce-rtx-4060-vs-nvidia-geforce-rtx-4060); a transformer reaches so much of it. An assumption.
 */
const PRODUCTS = 2;
const COMPUTE: Range = { low: 0.25, high: 0.75 };

/** What a card can be expected to do: operations and bytes from the host per second. */
export function cardRates({ fp32, lanes }: Card): { readonly flops: Range; readonly host: Range } {
  const [peak, bus] = [PRODUCTS * fp32, lanes * LANE];
  return {
    flops: { low: COMPUTE.low * peak, high: COMPUTE.high * peak },
    host: { low: COPIES.low * bus, high: COPIES.high * bus },
  };
}
