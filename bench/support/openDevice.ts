import { openGgml } from "../../src/ggml/index.ts";
import { createRuntime, type RuntimeOptions } from "../../src/runtime/createRuntime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** A runtime in default precision on a device by its name. `discrete`: the CPU plays a device with memory of its own. */
export async function openDevice(
  device: string,
  options: Partial<Omit<RuntimeOptions, "backend" | "memory">> = {},
  discrete = false,
): Promise<Runtime> {
  const library = await openGgml({ discreteCpu: discrete });
  const { backend, memory } = library.open(library.select(device).id);
  return createRuntime({ policy: "dynamic", precision: "native", vram: 1e12, ...options, backend, memory });
}
