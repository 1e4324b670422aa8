import { leaveOrder } from "./leaveOrder.ts";
import type { Plan } from "./policy.ts";
import { type Gap, gaps, type PoolChunk } from "./pool.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, WeightId } from "./words.ts";

/** Chunks are at most this large (or one weight), so that memory can be given back a piece at a time. */
export const CHUNK: Bytes = 256 * 2 ** 20;
/** Pins are cut into about this many chunks, so that a small model, too, can make way in pieces. */
export const PIECES = 32;

export interface Arrangement {
  /** Chunks to give back, with all that is in them. */
  readonly freed: readonly PoolChunk[];
  /** Pins that go into gaps of chunks that stay. Weights that lie there and are no pins leave. */
  readonly fills: readonly { readonly record: WeightRecord; readonly chunk: PoolChunk; readonly offset: Bytes }[];
  /** Chunks to make, each exactly as large as the pins that go into it. */
  readonly fresh: readonly { readonly bytes: Bytes; readonly records: readonly WeightRecord[] }[];
  /** The window there is serves the plan as it is; else it was counted as chunks like any other. */
  readonly keepsWindow: boolean;
}

export interface ArrangeInput {
  readonly chunks: readonly PoolChunk[];
  readonly window: readonly PoolChunk[];
  readonly plan: Plan;
  /** The plan's pins in the order of the schedule. */
  readonly pins: readonly WeightRecord[];
  readonly scheduled: ReadonlySet<WeightId>;
  readonly limit: Bytes;
  readonly maxChunkBytes: Bytes;
}

/**
 * From what lies where to what the plan wants, moving as little as can be: chunks with pins stay, their gaps take other pins (best fit),
 * the rest goes into new chunks of exactly its size. Where there is room for all of that beside what lies there, nothing leaves. Else other
 * models' chunks stay while there is room. If gaps that nothing fills would make the plan infeasible, the chunk with the most gap per kept
 * byte goes and its pins are loaded again; in the end all of them, and then the bytes are exactly what the plan counted. Counts only:
 * nothing is changed. `short`: leases hold what would have to go.
 */
export function arrange(input: ArrangeInput): Arrangement | { readonly short: Bytes } {
  const { chunks, window, plan, pins, scheduled, limit, maxChunkBytes } = input;
  const keepsWindow =
    window.length === plan.windowChunks.length && window.every((chunk, i) => chunk.bytes === plan.windowChunks[i]);
  const inWindow = (chunk: PoolChunk | null) => keepsWindow && chunk !== null && window.includes(chunk);
  const ordinary = chunks.filter((chunk) => !inWindow(chunk));
  const wanted = (record: WeightRecord) => plan.pinned.has(record.id);
  const leased = (chunk: PoolChunk) => chunk.residents.some((record) => record.holds > 0);
  const stays = (record: WeightRecord) => record.holds > 0 || wanted(record);
  const target = Math.min(CHUNK, maxChunkBytes, Math.ceil(plan.pinnedBytes / PIECES));

  const without = (some: ReadonlySet<PoolChunk>) =>
    pins.filter(({ chunk, holds }) => chunk === null || !(some.has(chunk) || (inWindow(chunk) && holds > 0)));

  // Where there is room for everything nothing leaves: not even what is no pin and lies beside one, or a load that is on its way.
  const inUse = new Set(ordinary.filter((chunk) => chunk.residents.length > 0));
  const beside = fillGaps(without(inUse), inUse, () => true);
  const added = cut(beside.rest, target);
  if (plan.windowBytes + sum(inUse) + sum(added) <= limit) {
    const empty = ordinary.filter((chunk) => !inUse.has(chunk));
    return { freed: empty, fills: beside.fills, fresh: added, keepsWindow };
  }

  const kept = new Set(ordinary.filter((chunk) => chunk.residents.some(stays)));
  for (;;) {
    const { fills, rest, left } = fillGaps(without(kept), kept, stays);
    const fresh = cut(rest, target);
    let bytes = plan.windowBytes + sum(kept) + sum(fresh);
    if (bytes > limit) {
      const worst = worstOf(kept, left, leased, wanted);
      if (worst === null) return { short: bytes - limit };
      kept.delete(worst);
      continue;
    }
    // Empty chunks, and those whose pins were counted as new above, go in any case.
    const gone = (chunk: PoolChunk) => chunk.residents.length === 0 || chunk.residents.some(wanted);
    const others = ordinary.filter((chunk) => !kept.has(chunk));
    const freed = others.filter(gone);
    const optional = others.filter((chunk) => !gone(chunk));
    bytes += sum(optional);
    for (const chunk of leaveOrder(optional, scheduled, plan.pinned)) {
      if (bytes <= limit) break;
      freed.push(chunk);
      bytes -= chunk.bytes;
    }
    return { freed, fills, fresh, keepsWindow };
  }
}

function sum(chunks: Iterable<{ readonly bytes: Bytes }>): Bytes {
  let bytes = 0;
  for (const chunk of chunks) bytes += chunk.bytes;
  return bytes;
}

/** Largest first, each into the smallest gap that holds it. `left`: bytes of each chunk that stay empty. */
function fillGaps(
  missing: readonly WeightRecord[],
  kept: ReadonlySet<PoolChunk>,
  stays: (record: WeightRecord) => boolean,
) {
  const left = new Map<PoolChunk, Bytes>();
  const free: Gap[] = [];
  for (const chunk of kept) {
    for (const gap of gaps(chunk, stays)) {
      free.push(gap);
      left.set(chunk, (left.get(chunk) ?? 0) + gap.bytes);
    }
  }
  const fills: { record: WeightRecord; chunk: PoolChunk; offset: Bytes }[] = [];
  if (free.length === 0) return { fills, rest: missing, left };
  free.sort((a, b) => a.bytes - b.bytes);
  const filled = new Set<WeightRecord>();
  for (const record of [...missing].sort((a, b) => b.size - a.size)) {
    const at = free.findIndex((gap) => gap.bytes >= record.size);
    if (at < 0) continue;
    const [gap] = free.splice(at, 1) as [Gap];
    fills.push({ record, chunk: gap.chunk, offset: gap.offset });
    filled.add(record);
    left.set(gap.chunk, left.get(gap.chunk)! - record.size);
    if (gap.bytes > record.size) {
      const smaller = { chunk: gap.chunk, offset: gap.offset + record.size, bytes: gap.bytes - record.size };
      const where = free.findIndex((other) => other.bytes >= smaller.bytes);
      free.splice(where < 0 ? free.length : where, 0, smaller);
    }
  }
  return { fills, rest: missing.filter((record) => !filled.has(record)), left };
}

/** `records` in order, cut into chunks of at most `target` bytes, or one weight. */
function cut(records: readonly WeightRecord[], target: Bytes): { bytes: Bytes; records: WeightRecord[] }[] {
  const made: { bytes: Bytes; records: WeightRecord[] }[] = [];
  for (const record of records) {
    const last = made.at(-1);
    if (last && last.bytes + record.size <= target) {
      last.bytes += record.size;
      last.records.push(record);
    } else made.push({ bytes: record.size, records: [record] });
  }
  return made;
}

function worstOf(
  kept: ReadonlySet<PoolChunk>,
  left: ReadonlyMap<PoolChunk, Bytes>,
  leased: (chunk: PoolChunk) => boolean,
  wanted: (record: WeightRecord) => boolean,
): PoolChunk | null {
  let worst: PoolChunk | null = null;
  let worstScore = -1;
  for (const chunk of kept) {
    if (leased(chunk)) continue;
    let useful = 1;
    for (const record of chunk.residents) if (wanted(record) && record.state !== "placed") useful += record.size;
    const score = (left.get(chunk) ?? 0) / useful;
    if (score > worstScore) [worst, worstScore] = [chunk, score];
  }
  return worst;
}
