import { openGgml } from "../src/ggml/index.ts";
import type { DeviceMemory } from "../src/memory/deviceMemory.ts";
import { createReferenceBackend } from "../src/reference/index.ts";
import type { Backend, Program } from "../src/tensor/index.ts";
import { blockDecoders } from "./support/blockDecoders.ts";

/** A device under test: both of its sides, over one memory. */
export interface OpenDevice {
  readonly backend: Backend & { measureActivations?(program: Program): number };
  readonly memory: DeviceMemory & { close?(): void };
}

/** A backend that can run on this machine. */
export interface AvailableBackend {
  readonly name: string;
  open(): Promise<OpenDevice>;
}

/** Every backend that can run here: what a table of cases is run on. */
export async function availableBackends(): Promise<AvailableBackend[]> {
  const ggml = await openGgml({ strictVulkan: true, env: {} });
  return [
    { name: "reference", open: async () => createReferenceBackend({ decoders: blockDecoders }) },
    // One thread: cases are tiny, and a second one would only wait at each node.
    ...ggml.devices().map(({ id }) => ({ name: id, open: async () => ggml.open(id, { threads: 1 }) })),
  ];
}
