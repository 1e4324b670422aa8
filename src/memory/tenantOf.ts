import { planRam } from "./planRam.ts";
import { ramRank } from "./ramRank.ts";
import type { RamTenant } from "./ramTenant.ts";
import type { State } from "./state.ts";

/** A residency as the RAM tier sees it: what its copies are worth to it by the announcement in force, and its log. */
export function tenantOf(state: () => State): RamTenant {
  return {
    rank: (record) => ramRank(state(), record),
    left({ id, bytes }, reason) {
      const { events, now, memory } = state();
      events.add({ kind: "drop", at: now, device: memory.device, weight: id, bytes, from: "ram", reason });
    },
    refused(bytes) {
      const { events, now, memory } = state();
      const message = `the machine refused ${bytes} bytes for a copy in RAM`;
      events.add({ kind: "fault", at: now, device: memory.device, what: "allocate", message });
    },
    budgeted(ram) {
      const { events, now, memory, budget } = state();
      const { vram, weights } = budget;
      events.add({ kind: "budget", at: now, device: memory.device, vram, weights, ram });
    },
    resized: () => planRam(state()),
  };
}
