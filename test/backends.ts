import type { DeviceMemory } from "../src/memory/deviceMemory.ts";
import { createReferenceBackend } from "../src/reference/index.ts";
import type { Backend } from "../src/tensor/index.ts";

/** A device under test: both of its sides, over one memory. */
export interface OpenDevice {
  readonly backend: Backend;
  readonly memory: DeviceMemory;
}

/** A backend that can run on this machine. */
export interface AvailableBackend {
  readonly name: string;
  open(): Promise<OpenDevice>;
}

/** Every backend that can run here: what a table of cases is run on. */
export async function availableBackends(): Promise<AvailableBackend[]> {
  return [{ name: "reference", open: async () => createReferenceBackend() }];
}
