import type { MemoryEvent } from "../memory/eventLog.ts";
import { formatBytes } from "../runtime/formatBytes.ts";

/** One line of `--verbose`, or `null` for what would only be noise (an acquire that found all resident, a chunk made for what then moves). */
export function describeMemoryEvent(event: MemoryEvent, weight: string | undefined): string | null {
  switch (event.kind) {
    case "move":
      return `  move  ${weight ?? event.weight}  ${formatBytes(event.bytes)}  ${event.from} -> ${event.to}  ${event.reason}`;
    case "undone":
      return `  undone  ${weight ?? event.weight}  ${formatBytes(event.bytes)}  ${event.from} -> ${event.to}  ${event.reason}`;
    case "read":
      return `  read  ${weight ?? event.weight}  ${formatBytes(event.bytes)} of other weights  ${event.reason}`;
    case "drop":
      return `  drop  ${weight ?? event.weight}  ${formatBytes(event.bytes)}  ${event.from}  ${event.reason}`;
    case "plan":
      return `  plan  ${event.policy}: ${formatBytes(event.pinned)} of ${formatBytes(event.model)} stay, window ${formatBytes(event.window)}, budget ${formatBytes(event.budget)}`;
    case "budget":
      return `  budget  ${formatBytes(event.vram)}, weights ${formatBytes(event.weights)}${event.reason ? `  ${event.reason}` : ""}`;
    case "chunk":
      return event.change === "refused" ? `  refused  ${formatBytes(event.bytes)}` : null;
    case "thrash":
      return `  thrash  a pass moved ${formatBytes(event.moved)}, ${formatBytes(event.bound)} would do: ${event.cause}`;
    case "fault":
      return `  fault  ${event.what}: ${event.message}`;
    case "acquire":
      return event.hit ? null : `  wait  ${event.stage}`;
  }
}
