import { api } from "./api.ts";
import type { MemoryEvent } from "./movesPanel.ts";

/** As many as are kept here: what is shown is what happened lately. */
const KEPT = 1000;

/** Returns a function that asks for what has happened since it was called last, and gives all that is kept. */
export function followEvents(): () => Promise<readonly MemoryEvent[]> {
  let kept: MemoryEvent[] = [];
  return async () => {
    const last = kept.at(-1)?.seq;
    const query = last === undefined ? "" : `&since=${last}`;
    const page = await api<{ readonly events: MemoryEvent[] } | null>(`weir/events?max_items=${KEPT}${query}`);
    kept = [...kept, ...(page?.events ?? [])].slice(-KEPT);
    return kept;
  };
}
