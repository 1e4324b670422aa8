import { createRuntime, type RuntimeOptions } from "../../src/runtime/createRuntime.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import { availableBackends } from "../backends.ts";

/** A runtime on one of the backends present ("reference", "cpu", ...), closed by the caller. */
export async function openRuntime(
  device: string,
  options: Partial<Omit<RuntimeOptions, "backend" | "memory">> = {},
): Promise<Runtime> {
  const found = (await availableBackends()).find((backend) => backend.name === device);
  if (!found) throw new Error(`there is no backend "${device}" here`);
  const { backend, memory } = await found.open();
  return createRuntime({ policy: "dynamic", precision: "fp32", vram: 64e9, ...options, backend, memory });
}
