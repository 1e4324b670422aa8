import { arrayMemory } from "../memory/arrayMemory.ts";
import type { DeviceMemory } from "../memory/deviceMemory.ts";
import type { HostMemory } from "../memory/hostMemory.ts";

/** Smaller blocks are not worth a driver's call and a page of its own. */
const PIN_FROM = 2 ** 20;

/**
 * The machine's memory for copies of weights and for staging: pinned where the device has such, at most `pinnedBytes` of it (what is pinned
 * is taken from every other program, and nothing can page it out), else plain arrays. Those are given back by the garbage collector, a
 * few blocks late.
 */
export function createHostMemory(memory: DeviceMemory, pinnedBytes: number): HostMemory {
  let pinned = 0;
  return {
    allocate(bytes) {
      if (bytes >= PIN_FROM && pinned + bytes <= pinnedBytes) {
        const block = memory.staging?.(bytes) ?? null;
        if (block !== null) {
          pinned += bytes;
          const free = () => {
            pinned -= bytes;
            block.free();
          };
          return { bytes, data: block.data, free };
        }
      }
      return arrayMemory.allocate(bytes);
    },
  };
}
