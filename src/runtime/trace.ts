import type { DeviceMemory, WeightStore } from "../memory/deviceMemory.ts";
import type { EventLog } from "../memory/eventLog.ts";
import type { WeightId } from "../memory/words.ts";
import type { Backend } from "../tensor/backend.ts";

/** The lines of a time line, from what the device does to what it waits for. */
export const TRACKS = ["compute", "stalls", "uploads", "reads", "drops"] as const;
export type Track = (typeof TRACKS)[number];

/** One span (`end` > `start`) or instant. Milliseconds of the tracer's clock. */
export interface Span {
  readonly track: Track;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly bytes?: number;
  readonly reason?: string;
}

/** Where spans go. The clock is the caller's: nothing below reads one of its own. */
export interface Tracer {
  now(): number;
  add(span: Span): void;
}

/** The same backend, whose programs leave a span each: from when it could start (submitted, and the one before finished) to its end. */
export function traceBackend(backend: Backend, tracer: Tracer): Backend {
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
        tracer.add({ track: "compute", name: program.name, start: Math.max(submitted, free), end });
        free = end;
      };
      submission.finished.then(note, note);
      return submission;
    },
  };
}

/** The same memory, whose uploads leave spans. On a unified device there are none: files are read straight into the pool. */
export function traceMemory(memory: DeviceMemory, tracer: Tracer): DeviceMemory {
  return {
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
      tracer.add({
        track: "uploads",
        name: `${data.byteLength} bytes`,
        start,
        end: tracer.now(),
        bytes: data.byteLength,
      });
    },
  };
}

/** The same store, whose reads leave spans named after the weight. */
export function traceStore(
  store: WeightStore,
  tracer: Tracer,
  nameOf: (weight: WeightId) => string | undefined,
): WeightStore {
  return {
    async fill(weight, offset, into) {
      const start = tracer.now();
      await store.fill(weight, offset, into);
      const name = nameOf(weight) ?? `weight ${weight}`;
      tracer.add({ track: "reads", name, start, end: tracer.now(), bytes: into.byteLength });
    },
  };
}

/** Drops, from the event log. */
export function traceDrops(events: EventLog, tracer: Tracer, nameOf: (weight: WeightId) => string | undefined): void {
  events.listen((event) => {
    if (event.kind !== "drop") return;
    const at = tracer.now();
    const name = nameOf(event.weight) ?? `weight ${event.weight}`;
    tracer.add({ track: "drops", name, start: at, end: at, bytes: event.bytes, reason: event.reason });
  });
}

/** Spans in the Chrome trace format (chrome://tracing, Perfetto): complete events and instants, one thread a track, times in microseconds. */
export function chromeTrace(spans: readonly Span[], process: string): string {
  const names = TRACKS.map((track, tid) => ({ name: "thread_name", ph: "M", pid: 1, tid, args: { name: track } }));
  const order = TRACKS.map((_, tid) => ({
    name: "thread_sort_index",
    ph: "M",
    pid: 1,
    tid,
    args: { sort_index: tid },
  }));
  const events = spans.map(({ track, name, start, end, bytes, reason }) => {
    const args = { ...(bytes !== undefined && { bytes }), ...(reason !== undefined && { reason }) };
    const common = { name, cat: track, pid: 1, tid: TRACKS.indexOf(track), ts: start * 1000, args };
    return end > start ? { ...common, ph: "X", dur: (end - start) * 1000 } : { ...common, ph: "i", s: "t" };
  });
  const head = { name: "process_name", ph: "M", pid: 1, args: { name: process } };
  return `{"displayTimeUnit":"ms","traceEvents":[\n${[head, ...names, ...order, ...events].map((event) => JSON.stringify(event)).join(",\n")}\n]}\n`;
}

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
