import type { DeviceMemory, WeightStore } from "../memory/deviceMemory.ts";
import type { Bytes, DeviceId } from "../memory/words.ts";

/** A device as far as planning can tell it from a real one. */
export interface SimulatedDevice {
  readonly device: DeviceId;
  readonly alignment: Bytes;
  readonly maxChunkBytes: Bytes;
  /** Its memory is its own, so that a RAM tier has a use. Default: it is the machine's. */
  readonly discrete?: boolean;
}

/** Device memory of which only the book-keeping exists: chunks have a size and no bytes. It never refuses; the ledger does. */
export function simulatedMemory({ device, alignment, maxChunkBytes, discrete }: SimulatedDevice): DeviceMemory {
  const nothing = new Uint8Array(0);
  return {
    device,
    alignment,
    maxChunkBytes,
    allocate: (bytes) => ({ bytes, handle: null }),
    free() {},
    map: () => (discrete ? null : nothing),
    upload: () => Promise.resolve(),
    usage: () => ({ free: 0, total: 0 }),
  };
}

/** A store that reads nothing. */
export const simulatedStore: WeightStore = { fill: () => Promise.resolve() };
