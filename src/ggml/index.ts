import type { DeviceMemory } from "../memory/deviceMemory.ts";
import type { Backend, DeviceInfo } from "../tensor/backend.ts";
import { GgmlBackend } from "./backend.ts";
import { listDevices, selectDevice } from "./devices.ts";
import { findLibrary } from "./findLibrary.ts";
import { loadLib } from "./lib.ts";
import { GgmlMemory } from "./memory.ts";

export { GgmlBackend } from "./backend.ts";
export { liveBufferBytes } from "./buffers.ts";
export { selectDevice } from "./devices.ts";
export * from "./errors.ts";

export interface GgmlOptions {
  /** Vulkan multiplies in f32 (`--force-fp32`), else in f16. In force from the first load in a process. */
  readonly strictVulkan?: boolean;
  /** The CPU plays a device with memory of its own. Default: `WEIR_DISCRETE_CPU=1`. */
  readonly discreteCpu?: boolean;
  /** ggml's own log on stderr. Default: `WEIR_GGML_DEBUG=1`. */
  readonly debug?: boolean;
  /** Hears of a library that is not the pinned one. Default: node's warnings. */
  readonly warn?: (message: string) => void;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface GgmlLibrary {
  /** ggml's version and commit, and the folder the libraries lie in. */
  readonly version: string;
  readonly commit: string;
  readonly dir: string;
  readonly packageName: string | null;
  devices(): DeviceInfo[];
  /** The device a user means (`cpu|vulkan|cuda|metal|NAME`), or the best one. Throws `DeviceNotFound`. */
  select(wanted?: string): DeviceInfo;
  /** Opens a device by its id. Its memory and its backend know each other's buffers. Throws `DeviceNotFound`, `ComputeFailed`. */
  open(deviceId: string, options?: OpenOptions): OpenDevice;
}

export interface OpenOptions {
  /** Threads of the CPU. Default: its physical cores. */
  readonly threads?: number;
  /** Most flops that a device which cannot stop inside a graph gets at once; for tests. */
  readonly flopsPerPart?: number;
}

export interface OpenDevice {
  readonly backend: Backend & Pick<GgmlBackend, "measureActivations">;
  readonly memory: DeviceMemory & { close(): void };
}

/** Finds, checks and loads the compute library. Throws `GgmlNotFound`, `GgmlVersionMismatch`. */
export async function openGgml(options: GgmlOptions = {}): Promise<GgmlLibrary> {
  const { strictVulkan = false, env = process.env, warn = (message) => process.emitWarning(message) } = options;
  const { discreteCpu = env["WEIR_DISCRETE_CPU"] === "1", debug = env["WEIR_GGML_DEBUG"] === "1" } = options;
  const files = findLibrary({ env });
  if (strictVulkan) process.env["GGML_VK_DISABLE_F16"] = "1"; // read by the backend when its devices are made
  const lib = loadLib(files, { debug, warn });
  const devices = () => listDevices(lib, { discreteCpu });
  return {
    version: lib.version,
    commit: lib.commit,
    dir: files.dir,
    packageName: files.packageName,
    devices: () => devices().map((device) => device.info),
    select: (wanted) =>
      selectDevice(
        devices().map((device) => device.info),
        wanted,
      ),
    open(deviceId, { threads, flopsPerPart } = {}) {
      const all = devices();
      const { id } = selectDevice(
        all.map((device) => device.info),
        deviceId,
      );
      const device = all.find((candidate) => candidate.info.id === id)!;
      return { backend: new GgmlBackend(lib, device, { threads, flopsPerPart }), memory: new GgmlMemory(lib, device) };
    },
  };
}
