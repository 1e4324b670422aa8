import type { Chunk, DeviceMemory } from "./deviceMemory.ts";
import type { EventLog } from "./eventLog.ts";
import type { Ledger } from "./ledger.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, Fence } from "./words.ts";

/** A chunk and what lies in it, ordered by offset. */
export interface PoolChunk {
  readonly chunk: Chunk;
  readonly bytes: Bytes;
  readonly residents: WeightRecord[];
  /** Ranges whose weight has left while readers, or a load, may still touch the bytes. */
  readonly busy: Busy[];
}

export interface Busy {
  readonly start: Bytes;
  readonly end: Bytes;
  readonly fence: Fence;
}

/** A free range of a chunk. */
export interface Gap {
  readonly chunk: PoolChunk;
  readonly offset: Bytes;
  readonly bytes: Bytes;
}

/**
 * The chunks of one device. Where a weight lies is decided at once and follows from the order of calls alone; what waits is the write
 * into the place (`clearance`) and the giving back of a chunk, both until the fences of the last readers. The ledger is charged before
 * a chunk is made and credited after it is freed.
 */
export class Pool {
  readonly chunks: PoolChunk[] = [];
  /** Bytes of all chunks, those that wait to be freed included. */
  bytes = 0;
  readonly #memory: DeviceMemory;
  readonly #ledger: Ledger;
  readonly #events: EventLog;
  readonly #now: () => number;
  readonly #leaving = new Set<Promise<void>>();

  constructor(memory: DeviceMemory, ledger: Ledger, events: EventLog, now: () => number) {
    this.#memory = memory;
    this.#ledger = ledger;
    this.#events = events;
    this.#now = now;
  }

  /** A new chunk, or `null` when the ledger or the device has no room for it. */
  grow(bytes: Bytes): PoolChunk | null {
    const short = this.#ledger.charge("weights", bytes);
    const chunk = short === null ? this.#memory.allocate(bytes) : null;
    if (chunk === null) {
      if (short === null) this.#ledger.credit("weights", bytes);
      this.#log(bytes, "refused");
      return null;
    }
    if (chunk.bytes !== bytes) throw new Error(`invariant: asked for a chunk of ${bytes} bytes and got ${chunk.bytes}`);
    this.bytes += bytes;
    const made: PoolChunk = { chunk, bytes, residents: [], busy: [] };
    this.chunks.push(made);
    this.#log(bytes, "allocate");
    return made;
  }

  /** Gives an empty chunk back, once nobody touches its bytes any more. */
  shrink(chunk: PoolChunk): void {
    if (chunk.residents.length > 0) throw new Error("invariant: a chunk with weights in it is given back");
    const index = this.chunks.indexOf(chunk);
    if (index < 0) throw new Error("invariant: a chunk is given back twice");
    this.chunks.splice(index, 1);
    const pending = chunk.busy.filter((busy) => !busy.fence.done);
    if (pending.length === 0) {
      this.#free(chunk);
      return;
    }
    const gone: Promise<void> = Promise.all(pending.map((busy) => busy.fence.reached)).then(() => {
      this.#leaving.delete(gone);
      this.#free(chunk);
    });
    this.#leaving.add(gone);
  }

  /** Bytes that are on their way back to the device. */
  get isShrinking(): boolean {
    return this.#leaving.size > 0;
  }

  /** Resolves when every chunk given back so far is freed. */
  async shrunk(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  put(record: WeightRecord, chunk: PoolChunk, offset: Bytes): void {
    const { residents } = chunk;
    let at = residents.length;
    while (at > 0 && residents[at - 1]!.place!.offset > offset) at--;
    const before = residents[at - 1]?.place;
    const after = residents[at]?.place;
    if (
      record.place !== null ||
      offset + record.size > chunk.bytes ||
      (before && before.offset + residents[at - 1]!.size > offset) ||
      (after && offset + record.size > after.offset)
    ) {
      throw new Error(`invariant: ${record.name} does not fit at ${offset} of a chunk of ${chunk.bytes} bytes`);
    }
    residents.splice(at, 0, record);
    record.chunk = chunk;
    record.place = { device: this.#memory.device, chunk: chunk.chunk, offset, bytes: record.bytes };
    record.state = "placed";
  }

  /** Takes a weight out of its place. The bytes stay busy until its readers' fences, and until a load that has begun ends. */
  take(record: WeightRecord): void {
    const { chunk, place } = record;
    if (chunk === null || place === null) throw new Error(`invariant: ${record.name} is taken out of no place`);
    chunk.residents.splice(chunk.residents.indexOf(record), 1);
    const end = place.offset + record.size;
    const busy = (fence: Fence) => {
      if (!fence.done) chunk.busy.push({ start: place.offset, end, fence });
    };
    if (record.fence) busy(record.fence);
    for (const fence of record.fences ?? []) busy(fence);
    if (record.load) busy(record.load.settled);
    record.chunk = record.place = record.load = record.fence = record.fences = null;
    record.state = "absent";
  }

  /** Resolves when nobody touches the bytes of the record's place any more; `null` when that is so now. */
  clearance(record: WeightRecord): Promise<unknown> | null {
    const { busy } = record.chunk!;
    let waits: Promise<void>[] | null = null;
    const start = record.place!.offset;
    for (let i = busy.length - 1; i >= 0; i--) {
      const range = busy[i]!;
      if (range.fence.done) busy.splice(i, 1);
      else if (range.start < start + record.size && start < range.end) (waits ??= []).push(range.fence.reached);
    }
    return waits === null ? null : Promise.all(waits);
  }

  #free(chunk: PoolChunk): void {
    this.#memory.free(chunk.chunk);
    this.#ledger.credit("weights", chunk.bytes);
    this.bytes -= chunk.bytes;
    this.#log(chunk.bytes, "free");
  }

  #log(bytes: Bytes, change: "allocate" | "free" | "refused"): void {
    this.#events.add({ kind: "chunk", at: this.#now(), device: this.#memory.device, bytes, change });
  }
}

/** The free ranges of a chunk, taking only residents that `stays` as there. */
export function gaps(chunk: PoolChunk, stays: (record: WeightRecord) => boolean): Gap[] {
  const found: Gap[] = [];
  let offset = 0;
  for (const record of chunk.residents) {
    if (!stays(record)) continue;
    const start = record.place!.offset;
    if (start > offset) found.push({ chunk, offset, bytes: start - offset });
    offset = start + record.size;
  }
  if (chunk.bytes > offset) found.push({ chunk, offset, bytes: chunk.bytes - offset });
  return found;
}
