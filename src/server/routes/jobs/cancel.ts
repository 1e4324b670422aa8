import type { ServerParts } from "../../serverParts.ts";

/** Takes those out that wait and stops the one that runs. Whether there was anything to cancel. */
export function cancel(queue: ServerParts["queue"], ids: readonly string[]): boolean {
  const removed = queue.remove(new Set(ids)) > 0;
  return ids.map((id) => queue.interrupt(id)).includes(true) || removed;
}
