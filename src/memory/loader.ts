import type { DeviceMemory, Place, WeightStore } from "./deviceMemory.ts";
import { OutOfHostMemory, UploadFailed } from "./errors.ts";
import type { WeightRecord } from "./weightRecord.ts";
import type { Bytes, Fence } from "./words.ts";

/** Bytes read and uploaded at once where the device is not mapped: large enough that the call costs nothing beside the copy. */
const PIECE: Bytes = 16 * 2 ** 20;
/** Bytes read at once into mapped memory: below the 2 GiB that one read of Node may ask for. */
const MAPPED_PIECE: Bytes = 2 ** 30;

/** One weight's way from the store into its place. */
export interface Load {
  /** Resolves when the bytes are there; rejects with the store's error or `UploadFailed`. Resolves when cancelled, too. */
  readonly finished: Promise<void>;
  /** Reached when nothing of it touches the place any more. */
  readonly settled: Fence;
  /** Bytes may have been read: it can only be cancelled after the piece it is at. */
  readonly begun: boolean;
  /** Ahead of all that is not urgent: somebody waits for it. */
  hurry(): void;
  /** It will not begin, or stops after the piece it is at. */
  cancel(): void;
}

export interface Loader {
  /** `clear`: when the place may be written. `then` is told how it ended, unless it was cancelled. */
  start(
    record: WeightRecord,
    place: Place,
    clear: Promise<unknown> | null,
    urgent: boolean,
    then: (load: Load, error: unknown) => void,
  ): Load;
}

interface Job extends Load {
  readonly weight: WeightRecord;
  readonly place: Place;
  urgent: boolean;
  state: "waiting" | "queued" | "running" | "over";
  cancelled: boolean;
  end(error: unknown): void;
}

/**
 * Carries out loads, at most `concurrency` at a time, in the order of `start`, urgent ones first. Straight into the place where the
 * device is mapped, else through a staging buffer of host memory per load in flight. An upload that fails is tried once more; a read
 * is not (its error says what happened to the file).
 */
export function createLoader(
  memory: DeviceMemory,
  store: WeightStore,
  concurrency: number,
  fault: (what: "read" | "upload", error: unknown) => void,
): Loader {
  const urgent: Job[] = [];
  const normal: Job[] = [];
  const staging: Uint8Array[] = [];
  let running = 0;
  /** Index of the next job of a queue; both are compacted when they run dry. */
  const heads = { urgent: 0, normal: 0 };

  function next(): Job | undefined {
    for (const [queue, name] of [
      [urgent, "urgent"],
      [normal, "normal"],
    ] as const) {
      while (heads[name] < queue.length) {
        const job = queue[heads[name]++]!;
        if (job.state === "queued") return job;
      }
      queue.length = 0;
      heads[name] = 0;
    }
    return undefined;
  }

  function pump(): void {
    while (running < concurrency) {
      const job = next();
      if (job === undefined) return;
      running++;
      job.state = "running";
      carryOut(job).then(
        () => finish(job, undefined),
        (error: unknown) => finish(job, error),
      );
    }
  }

  function finish(job: Job, error: unknown): void {
    running--;
    job.state = "over";
    job.end(error);
    pump();
  }

  async function carryOut(job: Job): Promise<void> {
    const { weight, place } = job;
    const view = memory.map(place);
    if (view !== null) {
      for (let offset = 0; offset < weight.bytes && !job.cancelled; offset += MAPPED_PIECE) {
        await fill(weight, offset, view.subarray(offset, Math.min(weight.bytes, offset + MAPPED_PIECE)));
      }
      return;
    }
    const buffer = takeStaging(weight);
    try {
      for (let offset = 0; offset < weight.bytes && !job.cancelled; offset += PIECE) {
        const piece = buffer.subarray(0, Math.min(PIECE, weight.bytes - offset));
        await fill(weight, offset, piece);
        if (!job.cancelled) await upload(weight, place, offset, piece);
      }
    } finally {
      staging.push(buffer);
    }
  }

  /** A buffer at least as large as one piece of the weight; small ones stay small. */
  function takeStaging({ name, bytes }: WeightRecord): Uint8Array {
    const least = Math.min(PIECE, bytes);
    const kept = staging.pop();
    if (kept !== undefined && kept.length >= least) return kept;
    try {
      return new Uint8Array(least);
    } catch (error) {
      fault("upload", error);
      throw new OutOfHostMemory(name, least);
    }
  }

  async function fill(weight: WeightRecord, offset: Bytes, into: Uint8Array): Promise<void> {
    try {
      await store.fill(weight.id, offset, into);
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

  function enqueue(job: Job): void {
    if (job.state !== "waiting") return;
    job.state = "queued";
    (job.urgent ? urgent : normal).push(job);
    pump();
  }

  return {
    start(weight, place, clear, isUrgent, then) {
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
        weight,
        place,
        finished,
        settled,
        urgent: isUrgent,
        state: "waiting",
        cancelled: false,
        get begun() {
          return job.state === "running" || job.state === "over";
        },
        hurry() {
          if (job.urgent) return;
          job.urgent = true;
          if (job.state === "queued") urgent.push(job);
        },
        cancel() {
          job.cancelled = true;
          if (job.state !== "running" && job.state !== "over") {
            job.state = "over";
            job.end(undefined);
          }
        },
        end(error) {
          settled.reach();
          if (!job.cancelled) then(job, error);
          if (error === undefined || job.cancelled) resolve();
          else reject(error);
        },
      };
      if (clear === null) enqueue(job);
      else clear.then(() => enqueue(job));
      return job;
    },
  };
}

function createFence(): Fence & { reach(): void } {
  let resolve!: () => void;
  const reached = new Promise<void>((done) => {
    resolve = done;
  });
  const fence = {
    done: false,
    reached,
    reach() {
      fence.done = true;
      resolve();
    },
  };
  return fence;
}
