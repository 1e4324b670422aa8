import { totalmem } from "node:os";
import type { DeviceInfo } from "../tensor/backend.ts";
import { DEV_PROPS, DEVICE_TYPE } from "./abi.ts";
import { DeviceNotFound } from "./errors.ts";
import type { Lib } from "./lib.ts";

/** A device as ggml lists it, with what the project says about it. */
export interface Device {
  readonly info: DeviceInfo;
  readonly handle: bigint;
  readonly bufferType: bigint;
  /** Buffers are host memory: files are read straight into them. */
  readonly host: boolean;
}

/** Every device that can compute, in ggml's order. `discreteCpu`: the CPU plays a device with memory of its own. */
export function listDevices(
  lib: Lib,
  { discreteCpu = false }: { readonly discreteCpu?: boolean } = {},
): readonly Device[] {
  const devices: Device[] = [];
  const n = Number(lib.registry.ggml_backend_dev_count());
  for (let i = 0; i < n; i++) {
    const handle = lib.registry.ggml_backend_dev_get(i);
    const type = lib.g.ggml_backend_dev_type(handle);
    // Accelerators (BLAS) help the CPU and hold nothing; the rest are no devices of their own.
    if (type !== DEVICE_TYPE.cpu && type !== DEVICE_TYPE.gpu && type !== DEVICE_TYPE.igpu) continue;
    devices.push(describe(lib, handle, type, discreteCpu));
  }
  return devices;
}

/** CUDA where its libraries are, then Metal, Vulkan, the CPU. */
const ORDER: readonly DeviceInfo["kind"][] = ["cuda", "metal", "vulkan", "other", "cpu"];

/** The device a user means: a kind ("vulkan"), a name ("Vulkan1"), or the best there is. Throws `DeviceNotFound`, which lists all. */
export function selectDevice<T extends DeviceInfo>(devices: readonly T[], wanted?: string): T {
  if (wanted === undefined) {
    for (const kind of ORDER) {
      const found = devices.find((device) => device.kind === kind);
      if (found) return found;
    }
  } else {
    const name = wanted.toLowerCase();
    const found = devices.find((d) => d.id.toLowerCase() === name) ?? devices.find((d) => d.kind === name);
    if (found) return found;
  }
  const all = devices.map((d) => `${d.id} (${d.description})`).join(", ") || "none";
  throw new DeviceNotFound(
    `there is no device "${wanted ?? "any"}"; found: ${all}. CUDA needs the package @node-llama-cpp/linux-x64-cuda or win-x64-cuda, Vulkan a driver`,
  );
}

function describe(lib: Lib, handle: bigint, type: number, discreteCpu: boolean): Device {
  const { g } = lib;
  const name = g.ggml_backend_dev_name(handle);
  const kind =
    type === DEVICE_TYPE.cpu ? "cpu" : kindOf(g.ggml_backend_reg_name(g.ggml_backend_dev_backend_reg(handle)));
  const bufferType = g.ggml_backend_dev_buffer_type(handle);
  const { free, total } = deviceMemory(lib, handle);
  const caps = new Uint8Array(DEV_PROPS.bytes);
  g.ggml_backend_dev_get_props(handle, caps);
  const plays = kind === "cpu" && discreteCpu;
  return {
    handle,
    bufferType,
    host: g.ggml_backend_buft_is_host(bufferType) && !plays,
    info: {
      id: kind === "cpu" ? "cpu" : name,
      kind,
      description: g.ggml_backend_dev_description(handle).trim(),
      unified: (kind === "cpu" || kind === "metal" || type === DEVICE_TYPE.igpu) && !plays,
      async: caps[DEV_PROPS.caps] === 1,
      alignment: Number(g.ggml_backend_buft_get_alignment(bufferType)),
      maxBufferBytes: Math.min(Number(g.ggml_backend_buft_get_max_size(bufferType)), Number.MAX_SAFE_INTEGER),
      memoryTotal: total,
      memoryFree: free,
    },
  };
}

/** Bytes free and in all, as the device tells it (0, 0 where it does not). */
export function deviceMemory(lib: Lib, handle: bigint): { readonly free: number; readonly total: number } {
  if (lib.g.ggml_backend_dev_type(handle) === DEVICE_TYPE.cpu) {
    // ggml says "all of it is free"; the system, and a container's limit, know better. No limit reads as 0 or as a huge number.
    const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
    return { free: process.availableMemory(), total: Math.min(totalmem(), limit) };
  }
  const [free, total] = [new Uint8Array(8), new Uint8Array(8)];
  lib.g.ggml_backend_dev_memory(handle, free, total);
  return {
    free: Number(new DataView(free.buffer).getBigUint64(0, true)),
    total: Number(new DataView(total.buffer).getBigUint64(0, true)),
  };
}

function kindOf(backend: string): DeviceInfo["kind"] {
  const name = backend.toLowerCase();
  if (name.startsWith("cuda")) return "cuda";
  if (name.startsWith("vulkan")) return "vulkan";
  if (name.startsWith("mtl") || name.startsWith("metal")) return "metal";
  return "other";
}
