import { type Span, TRACKS, type Track } from "./trace.ts";

/** Threads of one track: what overlaps lies beside each other, since events of one thread must nest. */
const LANES = 64;

/**
 * Spans as a file for chrome://tracing or ui.perfetto.dev: one process a model (and `name` for what belongs to none), one thread a track,
 * or several where reads overlap; complete events and instants; microseconds from the first span on. Spans may come in any order.
 * Source: the Trace Event Format.
 */
export function chromeTrace(spans: readonly Span[], name: string): string {
  const sorted = [...spans].sort((a, b) => a.start - b.start || b.end - a.end);
  const zero = sorted[0]?.start ?? 0;
  const processes = new Map<string, number>([[name, 1]]);
  const threads = new Map<string, { readonly pid: number; readonly tid: number; readonly track: Track; end: number }>();

  const threadOf = ({ track, model = name, start, end }: Span) => {
    const pid = processes.get(model) ?? processes.size + 1;
    processes.set(model, pid);
    for (let lane = 0; ; lane++) {
      const key = `${pid} ${track} ${lane}`;
      const found = threads.get(key);
      if (found && found.end > start && lane < LANES - 1) continue;
      if (found) found.end = Math.max(found.end, end);
      else threads.set(key, { pid, tid: TRACKS.indexOf(track) * LANES + lane + 1, track, end });
      return threads.get(key)!;
    }
  };
  const events = sorted.map((span) => {
    const { track, name, start, end, bytes, reason, device } = span;
    const { pid, tid } = threadOf(span);
    const args = {
      ...(bytes !== undefined && { bytes }),
      ...(reason !== undefined && { reason }),
      ...(device !== undefined && { device }),
    };
    const ts = micros(start - zero);
    const common = { name, cat: track, pid, tid, ts, args };
    // Ends are rounded as starts are, so that what touches does not overlap. "t": an instant of its thread.
    if (end > start) return { ...common, ph: "X", dur: micros((micros(end - zero) - ts) / 1e3) };
    return { ...common, ph: "i", s: "t" };
  });
  const heads = [
    ...[...processes].flatMap(([title, pid]) => [
      meta("process_name", pid, 0, { name: title }),
      meta("process_sort_index", pid, 0, { sort_index: pid }),
    ]),
    ...[...threads.values()].flatMap(({ pid, tid, track }) => [
      meta("thread_name", pid, tid, { name: track }),
      meta("thread_sort_index", pid, tid, { sort_index: tid }),
    ]),
  ];
  const lines = [...heads, ...events].map((event) => JSON.stringify(event));
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines.join(",\n")}\n]}\n`;
}

const meta = (name: string, pid: number, tid: number, args: Readonly<Record<string, unknown>>) => ({
  name,
  ph: "M",
  pid,
  tid,
  args,
});

/** To the nanosecond: more digits than that are noise of the subtraction. */
const micros = (ms: number): number => Math.round(ms * 1e6) / 1e3;
