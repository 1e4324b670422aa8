import type { HostMemory } from "./hostMemory.ts";

/** Host memory made of plain arrays, which the garbage collector gives back. */
export const arrayMemory: HostMemory = {
  allocate(bytes) {
    try {
      return { bytes, data: new Uint8Array(bytes), free() {} };
    } catch {
      return null;
    }
  },
};
