import type { DeviceMemory, WeightStore } from "../memory/deviceMemory.ts";
import type { EventLog } from "../memory/eventLog.ts";
import type { WeightId } from "../memory/words.ts";
import type { Backend } from "../tensor/backend.ts";
import type { Program } from "../tensor/program.ts";

/** The lines of a time line, from what the user asked for to what it waits for. */
export const TRACKS = ["nodes", "compute", "stalls", "uploads", "reads", "drops"] as const;
export type Track = (typeof TRACKS)[number];

/** One span (`end` > `start`) or instant. Milliseconds of the tracer's clock. */
export interface Span {
  readonly track: Track;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Title of the model it belongs to; a node has none. */
  readonly model?: string;
  readonly bytes?: number;
  readonly reason?: string;
  /** Where it happened; a node has none. */
  readonly device?: string;
}

/** Where spans go. The clock is the caller's: nothing below reads one of its own. */
export interface Tracer {
  now(): number;
  add(span: Span): void;
}

/** What a weight is called, and its model. Nothing is known of a weight whose model was closed meanwhile. */
type Label = (weight: WeightId) => { readonly name: string | undefined; readonly model: string | undefined };

/** The same backend, whose programs leave a span each: from when it could start (submitted, and the one before finished) to its end. */
export function traceBackend(
  backend: Backend,
  tracer: Tracer,
  modelOf: (program: Program) => string | undefined,
): Backend {
  let free = 0;
  return {
    ...bound(backend),
    get info() {
      return backend.info;
    },
    submit(program, bindings) {
      const submitted = tracer.now();
      const submission = backend.submit(program, bindings);
      const note = (): void => {
        const end = tracer.now();
        const span = { track: "compute", name: program.name, start: Math.max(submitted, free), end } as const;
        tracer.add({ ...span, ...modelled(modelOf(program)) });
        free = end;
      };
      submission.finished.then(note, note);
      return submission;
    },
  };
}

/** Ways of a weight: reads, uploads and drops leave spans named after it. */
export interface MoveTrace {
  /** The same store, whose reads leave spans. */
  store(store: WeightStore): WeightStore;
  /** The same memory, whose uploads leave spans. On a unified device there are none: files are read straight into the pool. */
  memory(memory: DeviceMemory): DeviceMemory;
  /** Drops leave instants, from the event log. */
  drops(events: EventLog): void;
}

export function traceMoves(tracer: Tracer, label: Label): MoveTrace {
  /** What was read last into a staging buffer is what is uploaded from it: an upload itself does not say whose bytes it takes. */
  const readInto = new WeakMap<ArrayBufferLike, WeightId>();
  const note = (track: Track, weight: WeightId | undefined, start: number, bytes: number, reason?: string): void => {
    const known = weight === undefined ? undefined : label(weight);
    const name = known?.name ?? (weight === undefined ? `${bytes} bytes` : `weight ${weight}`);
    const end = track === "drops" ? start : tracer.now();
    tracer.add({
      track,
      name,
      start,
      end,
      bytes,
      ...modelled(known?.model),
      ...(reason === undefined ? {} : { reason }),
    });
  };
  return {
    store: (store) => ({
      async fill(weight, offset, into, beside) {
        const start = tracer.now();
        await store.fill(weight, offset, into, beside);
        readInto.set(into.buffer, weight);
        note("reads", weight, start, into.byteLength);
      },
    }),
    memory: (memory) => ({
      device: memory.device,
      alignment: memory.alignment,
      maxChunkBytes: memory.maxChunkBytes,
      allocate: (bytes) => memory.allocate(bytes),
      free: (chunk) => memory.free(chunk),
      map: (place) => memory.map(place),
      usage: () => memory.usage(),
      async upload(place, offset, data) {
        const start = tracer.now();
        await memory.upload(place, offset, data);
        note("uploads", readInto.get(data.buffer), start, data.byteLength);
      },
    }),
    drops(events) {
      events.listen((event) => {
        if (event.kind === "drop") note("drops", event.weight, tracer.now(), event.bytes, event.reason);
      });
    },
  };
}

const modelled = (model: string | undefined) => (model === undefined ? {} : { model });

/** A copy whose methods still see their object: backends are classes as well as object literals. */
function bound(backend: Backend): Omit<Backend, "info" | "submit"> {
  return {
    activationBytes: (program) => backend.activationBytes(program),
    reserveActivations: (bytes) => backend.reserveActivations(bytes),
    allocate: (bytes) => backend.allocate(bytes),
    free: (buffer) => backend.free(buffer),
    write: (buffer, offset, data) => backend.write(buffer, offset, data),
    read: (buffer, offset, bytes) => backend.read(buffer, offset, bytes),
    interrupt: () => backend.interrupt(),
    close: () => backend.close(),
  };
}
