import type { WeightRecord } from "./weightRecord.ts";

/**
 * What it costs to bring a byte from its file, where bringing it from its copy in RAM costs 1: a bus of 16 lanes against an NVMe disk. A constant,
 * since a plan must not depend on what is measured; it decides little: with 4 in its place the figures below stay within 1 %.
 */
const FROM_DISK = 8;

/**
 * What a byte of a weight is worth in VRAM while its model does not run: expected uses x what it costs to bring it back, in uploads from RAM. The
 * lowest leaves first. Expected uses: how often a run uses it, as last announced (1 before it has run), if `announceNext` names its model; 0 if it does
 * not, so that where nobody said anything all are equal and recency decides (`leaveOrder`).
 *
 * Why uses, and not who comes first: an encoder that comes next is used once, and the transformer after it takes its room in any case. Keeping it at
 * the transformer's expense costs the transformer's reload, and then its own. Over 240 simulated cases (six workflows, VRAM for 30 to 90 % of all weights,
 * RAM for 0 to 70 %) this reads 9 % and moves 1 % less than the order of next use did, which it replaced; at worst, 6 % of the weights more are moved a prompt.
 * The unhidden share (what of a reload cannot run under compute before it, from operations per byte) is taken for 1: with it 1 to 3 % more was
 * read, 1 to 2 % more moved, and 2 % less waited for only where computing takes eight times as long as uploading. Source: residency.md, "A recommended
 * algorithm", 3.
 */
export function reloadValue({ state, nextUse, uses, ram }: Readonly<WeightRecord>): number {
  if (state === "placed" || nextUse === Number.POSITIVE_INFINITY) return 0;
  return uses * (ram === null ? FROM_DISK : 1);
}
