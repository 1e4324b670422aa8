import { openGgml } from "../../src/ggml/index.ts";
import { createRuntime, type RuntimeOptions } from "../../src/runtime/createRuntime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** How a device is opened. */
export interface DeviceChoice {
  readonly device: string;
  readonly threads?: number | undefined;
  /** The CPU plays a device with memory of its own. */
  readonly discrete?: boolean;
}

/** A runtime in default precision on a device by its name. */
export async function openDevice(
  { device, threads, discrete = false }: DeviceChoice,
  options: Partial<Omit<RuntimeOptions, "backend" | "memory">> = {},
): Promise<Runtime> {
  const library = await openGgml({ discreteCpu: discrete });
  const { backend, memory } = library.open(library.select(device).id, threads === undefined ? {} : { threads });
  return createRuntime({ policy: "dynamic", precision: "native", vram: 1e12, ...options, backend, memory });
}
