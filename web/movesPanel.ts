import { element } from "./element.ts";
import { formatBytes } from "./formatBytes.ts";

/** What is read of an event of GET /weir/events, in bytes; `time` in ms since 1970. */
export interface MemoryEvent {
  readonly seq: number;
  readonly time: number;
  readonly kind: string;
  readonly bytes?: number | null;
  readonly to?: string;
  readonly from?: string;
  readonly reason?: string;
  readonly message?: string;
}

const MOVED: Readonly<Record<string, string>> = {
  pin: "in, to stay for the run",
  stream: "in, for one use",
  ahead: "in, ahead for the next model",
  miss: "in, when a stage asked",
  fault: "in again after a fault",
};
const DROPPED: Readonly<Record<string, string>> = {
  used: "out after its use",
  replan: "out by a new plan",
  room: "out, it made way",
  budget: "out, the budget fell",
  trim: "out, memory was asked back",
  closed: "out, its model was closed",
  fault: "out, its read failed",
};

/** A line of the list: events of one kind and reason together. */
function lineOf({ kind, to, from, reason = "", message }: MemoryEvent): string | null {
  if (kind === "move") return `${to === "ram" ? "RAM: " : ""}${MOVED[reason] ?? reason}`;
  if (kind === "drop") return `${from === "ram" ? "RAM: " : ""}${DROPPED[reason] ?? reason}`;
  if (kind === "budget") {
    return reason === "pressure" ? "less memory: others took it" : reason === "recovery" ? "memory came back" : null;
  }
  if (kind === "fault") return `failed: ${message ?? ""}`;
  return kind === "thrash" ? "weights went in and out" : null;
}

/** Why bytes moved: the given events by reason, what happened last first. Empty where nothing did. */
export function movesPanel(events: readonly MemoryEvent[]): Node[] {
  const lines = new Map<string, { bytes: number; count: number; seq: number }>();
  for (const event of events) {
    const text = lineOf(event);
    if (text === null) continue;
    const line = lines.get(text) ?? { bytes: 0, count: 0, seq: 0 };
    lines.set(text, { bytes: line.bytes + (event.bytes ?? 0), count: line.count + 1, seq: event.seq });
  }
  if (lines.size === 0) return [];
  const rows = [...lines].sort(([, a], [, b]) => b.seq - a.seq);
  return [
    element("h3", {}, "Why bytes moved, lately"),
    element(
      "ul",
      { class: "moves" },
      ...rows.map(([text, { bytes, count }]) =>
        element(
          "li",
          {},
          element("span", {}, text),
          element("span", {}, bytes > 0 ? `${formatBytes(bytes)} in ${count}` : `${count} times`),
        ),
      ),
    ),
  ];
}
