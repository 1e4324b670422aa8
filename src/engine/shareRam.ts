/** Bytes of the machine's memory that hold weights, and who would have them. */
export interface RamShares {
  /** `--ram`: for copies and the CPU's pool together. */
  readonly total: number;
  /** What the CPU holds beside the main device. */
  readonly cpu: number;
  /** What the main device's run streams in each pass: copies of it save reads. */
  readonly streams: number;
  /** The CPU computes at the moment: what it holds is in use. */
  readonly cpuRuns: boolean;
}

/**
 * `--ram` between the main device's copies and the CPU's pool, which is RAM itself: copies have what the CPU does not hold. What the CPU
 * keeps for another prompt (`freeCpu`) makes way where copies would save the main device reads in every pass: a text encoder is used once a picture.
 */
export function shareRam({ total, cpu, streams, cpuRuns }: RamShares): {
  readonly copies: number;
  readonly freeCpu: boolean;
} {
  const copies = Math.max(0, total - cpu);
  return { copies, freeCpu: !cpuRuns && cpu > 0 && streams > copies };
}
