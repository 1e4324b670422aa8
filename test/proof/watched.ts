import type { Chunk, DeviceMemory } from "../../src/memory/deviceMemory.ts";
import type { Backend, Binding } from "../../src/tensor/backend.ts";
import { ComputeFailed } from "../../src/tensor/backend.ts";
import type { Faults } from "./faults.ts";

/** A device whose every call is counted, can fail, and is looked at. */
export interface Watched {
  readonly memory: DeviceMemory;
  readonly backend: Backend;
  /** Bytes of all buffers that live: weights, carried tensors, activations. */
  readonly liveBytes: number;
  /** Programs by name, in the order in which they were submitted. */
  readonly submitted: readonly string[];
}

export interface WatchOptions {
  /** The device has memory of its own: places are not mapped, all goes through uploads. */
  readonly discrete?: boolean;
  /** Submissions queue up: the runtime keeps more than one in flight. */
  readonly queued?: boolean;
  /** What a weight's bytes have to be. Compared under every submission, when it is made and once more when it ends. */
  readonly expected: (name: string) => Uint8Array | undefined;
}

/** Decorates both sides of a device. What fails, fails as a device would: by what the seam says it returns or rejects with. */
export function watch(
  inner: { readonly memory: DeviceMemory; readonly backend: Backend },
  faults: Faults,
  { discrete = false, queued = false, expected }: WatchOptions,
): Watched {
  const { memory, backend } = inner;
  const chunks = new Set<Chunk>();
  const submitted: string[] = [];
  let weights = 0;
  let carried = 0;
  let activations = 0;
  const failed = (what: string) => new ComputeFailed(backend.info.id, `${what} 7 failed`);

  const verify = (program: string, places: readonly (readonly [string, Binding])[], when: string): void => {
    for (const [name, { buffer, offset }] of places) {
      const want = expected(name);
      if (want === undefined) throw new Error(`invariant: nobody knows what ${name} is`);
      if (!chunks.has(buffer)) throw new Error(`invariant: ${program}: ${name} lies in a chunk that was given back`);
      const have = hostBytes(buffer.handle).subarray(offset, offset + want.length);
      if (Buffer.compare(have, want) !== 0)
        throw new Error(`invariant: ${program}: the bytes of ${name} are not the file's, ${when}`);
    }
  };

  return {
    get liveBytes() {
      return weights + carried + activations;
    },
    submitted,
    memory: {
      device: memory.device,
      alignment: memory.alignment,
      maxChunkBytes: memory.maxChunkBytes,
      allocate(bytes) {
        if (faults.hits("chunk")) return null;
        const chunk = memory.allocate(bytes);
        if (chunk === null) return null;
        weights += bytes;
        chunks.add(chunk);
        // What nobody has written shows.
        hostBytes(chunk.handle).fill(0xff);
        return chunk;
      },
      free(chunk) {
        if (!chunks.delete(chunk)) throw new Error("invariant: a chunk is freed that does not live");
        memory.free(chunk);
        weights -= chunk.bytes;
      },
      map: (place) => (discrete || faults.hits("map") ? null : memory.map(place)),
      async upload(place, offset, data) {
        if (faults.hits("upload")) {
          await memory.upload(place, offset, data.slice(0, data.length >> 1));
          throw new Error("the device was lost after half of the bytes");
        }
        await memory.upload(place, offset, data);
      },
      usage: () => memory.usage(),
    },
    backend: {
      get info() {
        const { info } = backend;
        return { ...info, unified: info.unified && !discrete, async: info.async || queued };
      },
      activationBytes: (program) => backend.activationBytes(program),
      reserveActivations(bytes) {
        activations = 0;
        if (bytes > 0 && faults.hits("activations")) {
          backend.reserveActivations(0);
          return false;
        }
        const made = backend.reserveActivations(bytes);
        if (made) activations = bytes;
        return made;
      },
      allocate(bytes) {
        const buffer = faults.hits("carried") ? null : backend.allocate(bytes);
        if (buffer !== null) carried += bytes;
        return buffer;
      },
      free(buffer) {
        backend.free(buffer);
        carried -= buffer.bytes;
      },
      async write(buffer, offset, data) {
        if (faults.hits("write")) throw failed("write");
        await backend.write(buffer, offset, data);
      },
      async read(buffer, offset, bytes) {
        if (faults.hits("read")) throw failed("read");
        return backend.read(buffer, offset, bytes);
      },
      submit(program, bindings) {
        if (faults.hits("submit")) throw failed("submission");
        submitted.push(program.name);
        const places = program.weights.map((name) => [name, bindings.weight(name)] as const);
        verify(program.name, places, "when it was submitted");
        const made = backend.submit(program, bindings);
        const lost = faults.hits("fence");
        const submission = { done: false, finished: Promise.resolve() };
        submission.finished = made.finished
          .then(() => {
            verify(program.name, places, "when it ended");
            if (lost) throw failed("program");
          })
          .finally(() => {
            submission.done = true;
          });
        submission.finished.catch(() => {});
        return submission;
      },
      interrupt: () => backend.interrupt(),
      async close() {
        await backend.close();
        activations = 0;
      },
    },
  };
}

/** The bytes behind a handle of the reference backend, or of ggml's CPU, which can be looked at even while it plays a discrete device. */
function hostBytes(handle: unknown): Uint8Array {
  if (handle instanceof Uint8Array) return handle;
  const { host } = handle as { readonly host?: Uint8Array | null };
  if (!host) throw new Error("invariant: this device's memory cannot be looked at");
  return host;
}
