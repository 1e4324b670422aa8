import type { HostMemory } from "../memory/hostMemory.ts";

/** Host memory of which only the size exists. It never refuses; the RAM tier does. */
export const simulatedHost: HostMemory = {
  allocate: (bytes) => ({ bytes, data: new Uint8Array(0), free() {} }),
};
