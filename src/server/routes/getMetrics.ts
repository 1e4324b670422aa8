import type { Handler } from "hono";
import type { ServerParts } from "../serverParts.ts";

/** Seconds by which jobs are told apart: from a picture that was cached to one that takes the night. */
const BUCKETS = [0.1, 0.5, 1, 5, 10, 30, 60, 300, 1800, 7200];

/** What is read of the engine's counters, in bytes; it is plain data. */
interface Stats {
  readonly vram: { readonly budget: number; readonly used: number; readonly peak: number; readonly byKind: ByKind };
  readonly ram?: { readonly budget: number; readonly used: number; readonly cached: number };
  readonly counters: {
    readonly movedBytes: number;
    readonly readBytes: number;
    readonly droppedBytes: number;
    readonly movedBytesByReason: Readonly<Record<string, number>>;
    readonly faults: number;
  };
}
type ByKind = Readonly<Record<string, { readonly used: number }>>;

/**
 * GET /metrics: Prometheus' text format (0.0.4). Jobs and their seconds since this server started; the queue and the sockets now; memory as the
 * engine last told it, weights and copies kept in RAM apart from what is in use. Bytes and seconds.
 */
export function getMetrics({ queue, hub, machine }: Pick<ServerParts, "queue" | "hub" | "machine">): Handler {
  const ended = { completed: 0, failed: 0, cancelled: 0 };
  const below = BUCKETS.map(() => 0);
  const times = { count: 0, sum: 0 };
  let last: Stats | null = null;
  queue.onEnd = ({ state, startTime, endTime }) => {
    ended[state] += 1;
    if (startTime === null || endTime === null) return;
    const seconds = Math.max(0, endTime - startTime) / 1000;
    times.count += 1;
    times.sum += seconds;
    BUCKETS.forEach((bound, at) => {
      if (seconds <= bound) below[at]! += 1;
    });
  };
  return async () => {
    last = ((await machine.stats()) as Stats | null) ?? last;
    const out = new Lines();
    out.add("weir_jobs_total", "counter", "Jobs that are over, by how they ended.", labelled("state", ended));
    out.add("weir_job_seconds", "histogram", "Time of jobs from their start to their end.", [
      ...BUCKETS.map((bound, at) => [`_bucket{le="${bound}"}`, below[at]!] as const),
      [`_bucket{le="+Inf"}`, times.count],
      ["_sum", times.sum],
      ["_count", times.count],
    ]);
    out.add("weir_queue_jobs", "gauge", "Jobs that wait.", [["", queue.waiting.length]]);
    out.add("weir_running_jobs", "gauge", "Jobs that run.", [["", queue.running === null ? 0 : 1]]);
    out.add("weir_sockets", "gauge", "Clients that are connected.", [["", hub.size]]);
    out.add("process_resident_memory_bytes", "gauge", "The server's own process.", [["", process.memoryUsage.rss()]]);
    if (last !== null) memory(out, last);
    return new Response(out.text(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
  };
}

function memory(out: Lines, { vram, ram, counters }: Stats): void {
  const used = Object.fromEntries(Object.entries(vram.byKind).map(([kind, bytes]) => [kind, bytes.used]));
  out.add("weir_vram_bytes", "gauge", "Device memory in use, by what for.", labelled("kind", used));
  out.add("weir_vram_budget_bytes", "gauge", "The ceiling on device memory.", [["", vram.budget]]);
  out.add("weir_vram_peak_bytes", "gauge", "The most that was in use.", [["", vram.peak]]);
  if (ram !== undefined) {
    const kinds = { cached: ram.cached, in_use: Math.max(0, ram.used - ram.cached) };
    out.add(
      "weir_ram_bytes",
      "gauge",
      "Memory beside the device: cached is given back on demand.",
      labelled("kind", kinds),
    );
    out.add("weir_ram_budget_bytes", "gauge", "The ceiling on it.", [["", ram.budget]]);
  }
  const moved = counters.movedBytesByReason;
  out.add("weir_moved_bytes_total", "counter", "Weights moved to the device, by reason.", labelled("reason", moved));
  out.add("weir_read_bytes_total", "counter", "Weights read from files.", [["", counters.readBytes]]);
  out.add("weir_dropped_bytes_total", "counter", "Weights dropped from the device.", [["", counters.droppedBytes]]);
  out.add("weir_faults_total", "counter", "Allocations, reads and uploads that failed.", [["", counters.faults]]);
}

type Sample = readonly [suffix: string, value: number];

/** Names of states and reasons are ours: letters and dashes, nothing to escape. */
const labelled = (label: string, values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([name, value]) => [`{${label}="${name}"}`, value]);

class Lines {
  readonly #lines: string[] = [];

  add(name: string, type: "counter" | "gauge" | "histogram", help: string, samples: readonly Sample[]): void {
    this.#lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
    for (const [suffix, value] of samples) this.#lines.push(`${name}${suffix} ${value}`);
  }

  text(): string {
    return `${this.#lines.join("\n")}\n`;
  }
}
