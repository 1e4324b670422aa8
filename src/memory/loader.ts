import { createFence } from "./createFence.ts";
import type { DeviceMemory, Place, WeightStore } from "./deviceMemory.ts";
import { OutOfHostMemory, UploadFailed } from "./errors.ts";
import type { HostBlock } from "./hostMemory.ts";
import { Lane, type LaneJob, type Ran, type Rank } from "./lane.ts";
import type { RamCopy } from "./ramCopy.ts";
import type { RamTier } from "./ramTier.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, Fence } from "./words.ts";

/** Bytes read and uploaded at once where the device is not mapped: large enough that the call costs nothing beside the copy. */
export const PIECE: Bytes = 16 * 2 ** 20;
/** Bytes read at once into host memory: below the 2 GiB that one read of Node may ask for. */
const READ_PIECE: Bytes = 2 ** 30;
/** Bytes uploaded at once from a RAM copy: a load that is called off stops within hundredths of a second. */
const RAISE_PIECE: Bytes = 256 * 2 ** 20;

/** One weight's way from the store into its place. */
export interface Load {
  /** Resolves when the bytes are there; rejects with the store's error or `UploadFailed`. Resolves when cancelled, too. */
  readonly finished: Promise<void>;
  /** Reached when nothing of it touches the place any more. */
  readonly settled: Fence;
  /** Bytes may have been read. */
  readonly begun: boolean;
  /** It is in the middle of a piece. */
  readonly running: boolean;
  readonly rank: Rank;
  /** Ahead of others, from now on, if that is a higher rank than its own. */
  raise(rank: Rank): void;
  /** It will not begin, or stops after the piece it is at. */
  cancel(): void;
}

/** Who asked for a load is told. */
export interface LoadEnd {
  /** How it ended, unless it was cancelled. */
  ended(load: Load, error: unknown): void;
  /** It ended, cancelled or not, without having begun: no byte was read or uploaded for it. */
  unbegun(): void;
}

export interface Loader {
  /** From the store into its place. `clear`: when the place may be written. */
  start(record: WeightRecord, place: Place, clear: Promise<unknown> | null, rank: Rank, end: LoadEnd): Load;
  /** From the store into RAM, to stay there. */
  keep(copy: RamCopy, clear: Promise<unknown> | null, rank: Rank, end: LoadEnd): Load;
  /** From RAM into its place, once the copy is full; through staging where the machine had no memory for the copy. */
  raise(copy: RamCopy, place: Place, clear: Promise<unknown> | null, rank: Rank, end: LoadEnd): Load;
}

const ORDER: Readonly<Record<Rank, number>> = { idle: 0, normal: 1, urgent: 2 };

interface Job extends Load, LaneJob {
  rank: Rank;
  begun: boolean;
  /** Bytes that are done with. */
  offset: Bytes;
  cancelled: boolean;
  end(error: unknown): void;
}

export interface LoaderOptions {
  readonly memory: DeviceMemory;
  readonly store: WeightStore;
  /** Reads in flight at once, and as many uploads from RAM. */
  readonly concurrency: number;
  /** Holds RAM copies, and staging comes out of its budget. */
  readonly ram: RamTier;
  readonly fault: (what: "read" | "upload", error: unknown) => void;
  /** So many bytes of other weights were read to make this one. */
  readonly beside: (weight: WeightRecord, bytes: Bytes) => void;
}

/**
 * Carries out loads, at most `concurrency` reads and as many uploads from RAM at a time, each in the order in which they were asked for,
 * urgent ones first, idle ones last: those go in small pieces, step aside between two when anything else waits, and go on later. Reads go straight into their final place: mapped device memory, or a RAM copy; what passes through to a device that is not
 * mapped takes one staging buffer per load in flight. An upload that fails is tried once more; a read is not (its error says what
 * happened to the file).
 */
export function createLoader({ memory, store, concurrency, ram, fault, beside }: LoaderOptions): Loader {
  const reads = new Lane<Job>(concurrency);
  const uploads = new Lane<Job>(concurrency);
  const staging: HostBlock[] = [];

  /** `step` for each piece of what is left of the weight. */
  async function pieces(
    { bytes }: WeightRecord,
    job: Job,
    largest: Bytes,
    step: (from: Bytes, to: Bytes) => Promise<void>,
  ): Promise<Ran> {
    while (job.offset < bytes && !job.cancelled) {
      const idle = job.rank === "idle";
      if (idle && job.lane!.pressed) return "later";
      const end = Math.min(bytes, job.offset + (idle ? PIECE : largest));
      await step(job.offset, end);
      job.offset = end;
    }
    return "done";
  }

  async function pass(weight: WeightRecord, place: Place, job: Job): Promise<Ran> {
    const view = memory.map(place);
    if (view !== null) return read(weight, view, job);
    const buffer = takeStaging(weight);
    try {
      return await pieces(weight, job, PIECE, async (from, to) => {
        const piece = buffer.data.subarray(0, to - from);
        await fill(weight, from, piece);
        if (!job.cancelled) await upload(weight, place, from, piece);
      });
    } finally {
      staging.push(buffer);
    }
  }

  const read = (weight: WeightRecord, into: Uint8Array, job: Job): Promise<Ran> =>
    pieces(weight, job, READ_PIECE, (from, to) => fill(weight, from, into.subarray(from, to)));

  async function fillCopy(copy: RamCopy, job: Job, unread: () => void): Promise<Ran> {
    const after = ram.roomFor(copy);
    if (after !== null) {
      job.begun = false;
      return { after };
    }
    const block = copy.block ?? ram.make(copy);
    if (block === null) {
      // Whoever waits for it reads the file through staging instead. Nobody does, or it is called off before that: nothing is read.
      if (copy.users === 1) job.begun = false;
      else copy.unread = unread;
      return "done";
    }
    const ran = await read(copy.record, block.data, job);
    if (ran === "done" && !job.cancelled) copy.full = true;
    return ran;
  }

  async function uploadCopy(copy: RamCopy, place: Place, job: Job): Promise<Ran> {
    const { record } = copy;
    if (!copy.full) {
      copy.unread = null;
      return pass(record, place, job);
    }
    return pieces(record, job, RAISE_PIECE, (from, to) =>
      upload(record, place, from, copy.block!.data.subarray(from, to)),
    );
  }

  /** A buffer at least as large as one piece of the weight; small ones stay small. */
  function takeStaging({ name, bytes }: WeightRecord): HostBlock {
    const least = Math.min(PIECE, bytes);
    const kept = staging.pop();
    if (kept !== undefined && kept.bytes >= least) return kept;
    kept?.free();
    const made = ram.stage(least);
    if (made !== null) return made;
    fault("upload", new Error(`the machine refused ${least} bytes of staging`));
    throw new OutOfHostMemory(name, least);
  }

  async function fill(weight: WeightRecord, offset: Bytes, into: Uint8Array): Promise<void> {
    try {
      await store.fill(weight.id, offset, into, (bytes) => beside(weight, bytes));
    } catch (error) {
      fault("read", error);
      throw error;
    }
  }

  async function upload(weight: WeightRecord, place: Place, offset: Bytes, piece: Uint8Array): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await memory.upload(place, offset, piece);
      } catch (error) {
        fault("upload", error);
        if (attempt === 2) throw new UploadFailed(memory.device, weight.name, piece.length, error);
      }
    }
  }

  function makeJob(rank: Rank, told: LoadEnd, work: (job: Job) => Promise<Ran>, raised: (rank: Rank) => void): Job {
    const settled = createFence();
    let resolve!: () => void;
    let reject!: (error: unknown) => void;
    const finished = new Promise<void>((yes, no) => {
      resolve = yes;
      reject = no;
    });
    // Nobody may be waiting: the error is then told to `then` alone.
    finished.catch(() => {});
    const job: Job = {
      finished,
      settled,
      rank,
      offset: 0,
      state: "waiting",
      lane: null,
      cancelled: false,
      begun: false,
      get running() {
        return job.state === "running";
      },
      run() {
        job.begun = true;
        return work(job);
      },
      raise(higher) {
        if (ORDER[higher] <= ORDER[job.rank]) return;
        job.rank = higher;
        job.lane?.requeue(job);
        raised(higher);
      },
      cancel() {
        job.cancelled = true;
        if (job.state === "running" || job.state === "over") return;
        job.state = "over";
        job.end(undefined);
      },
      end(error) {
        settled.reach();
        if (!job.cancelled) told.ended(job, error);
        if (!job.begun) told.unbegun();
        if (error === undefined || job.cancelled) resolve();
        else reject(error);
      },
    };
    return job;
  }

  /** Into the lane once `clear`; what it waits for may fail. */
  function enqueue(job: Job, lane: () => Lane<Job>, clear: Promise<unknown> | null): void {
    if (clear === null) lane().add(job);
    else {
      const stop = (error: unknown) => {
        if (job.state !== "waiting") return;
        job.state = "over";
        job.end(error);
      };
      clear.then(() => job.state === "waiting" && lane().add(job), stop);
    }
  }

  const nothing = () => {};
  return {
    start(record, place, clear, rank, told) {
      const job = makeJob(rank, told, (own) => pass(record, place, own), nothing);
      enqueue(job, () => reads, clear);
      return job;
    },
    keep(copy, clear, rank, told) {
      ram.hold(copy);
      const job = makeJob(rank, told, (own) => fillCopy(copy, own, told.unbegun), nothing);
      const { end } = job;
      job.end = (error) => {
        end(error);
        ram.unhold(copy);
      };
      enqueue(job, () => reads, clear);
      return job;
    },
    raise(copy, place, clear, rank, told) {
      ram.hold(copy);
      const { fill } = copy;
      const job = makeJob(
        rank,
        told,
        (own) => uploadCopy(copy, place, own),
        (higher) => copy.fill?.raise(higher),
      );
      const { end } = job;
      job.end = (error) => {
        end(error);
        ram.unhold(copy);
      };
      const waits = fill === null ? clear : clear === null ? fill.finished : Promise.all([clear, fill.finished]);
      enqueue(job, () => (copy.full ? uploads : reads), waits);
      return job;
    },
  };
}
