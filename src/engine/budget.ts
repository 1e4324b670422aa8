import { totalmem } from "node:os";
import type { DeviceInfo } from "../tensor/backend.ts";
import { type ByteSize, parseByteSize } from "./byteSize.ts";
import { EngineError } from "./errors.ts";

/** Of what is free on a discrete device, left to the desktop and to what drivers take without telling. */
const GPU_HEADROOM = 0.05;
/** Of the machine's free memory, taken on a unified device: the rest holds file caches, latents and everything else that runs. */
const UNIFIED_SHARE = 0.75;
/** After a death by lack of memory, unless the user gave a number: then the user decides. */
const LARGER_RESERVE_SHARE = 0.15;

/** The ceiling `--vram` in bytes. `text`: as the user wrote it; without it, what is free now less a headroom. */
export function vramBudget(device: DeviceInfo, text: string | undefined, largerReserve: boolean): number {
  const { free, total } = deviceBytes(device);
  if (text !== undefined) {
    const size = read("--vram", text);
    return "bytes" in size ? size.bytes : Math.floor(size.share * total);
  }
  const share = device.unified ? UNIFIED_SHARE : 1 - GPU_HEADROOM;
  return Math.floor(free * (largerReserve ? share - LARGER_RESERVE_SHARE : share));
}

/** `--vram-weights`: what a share is of is known when a model runs. */
export function weightsBudget(text: string | undefined): ByteSize | undefined {
  return text === undefined ? undefined : read("--vram-weights", text);
}

/** A unified device's memory is the machine's, as far as this process may have it (a container's limit counts). */
function deviceBytes(device: DeviceInfo): { readonly free: number; readonly total: number } {
  if (!device.unified) return { free: device.memoryFree, total: device.memoryTotal };
  const limit = process.constrainedMemory();
  const total = limit > 0 && limit < totalmem() ? limit : totalmem();
  return { free: Math.min(process.availableMemory(), total), total };
}

function read(flag: string, text: string): ByteSize {
  const size = parseByteSize(text);
  if (size) return size;
  throw new EngineError({ code: "usage", message: `${flag} is "${text}"; expected 8GB, 400MB or 60%` });
}
