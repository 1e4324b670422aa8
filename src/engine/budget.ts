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

/** How much of a device is left to others, beside `--vram`. */
export interface Headroom {
  /** `--reserve-vram` and `--vram-headroom`, as the user wrote them: bare numbers are GB. In place of the headroom. */
  readonly reserve?: readonly string[];
  /** `--highvram`: no headroom on a discrete device. */
  readonly none?: boolean;
}

/**
 * The ceiling in bytes: `--vram` (`text`, as the user wrote it), or what is free now less a headroom or less what is reserved; the smaller
 * one where both are given.
 */
export function vramBudget(
  device: DeviceInfo,
  text: string | undefined,
  largerReserve: boolean,
  { reserve = [], none = false }: Headroom = {},
): number {
  const { free, total } = deviceBytes(device);
  const bytes = (size: ByteSize) => ("bytes" in size ? size.bytes : Math.floor(size.share * total));
  const left = reserve.length > 0 ? Math.max(free - reservedBytes(device, reserve), 0) : Number.POSITIVE_INFINITY;
  if (text !== undefined) return Math.min(bytes(read("--vram", text)), left);
  const headroom = reserve.length > 0 || none ? 0 : GPU_HEADROOM;
  const share = device.unified ? UNIFIED_SHARE : 1 - headroom;
  return Math.min(Math.floor(free * (largerReserve ? share - LARGER_RESERVE_SHARE : share)), left);
}

/** `--reserve-vram` and `--vram-headroom` together, in bytes. */
export function reservedBytes(device: DeviceInfo, reserve: readonly string[] = []): number {
  const { total } = deviceBytes(device);
  const bytes = (size: ByteSize) => ("bytes" in size ? size.bytes : Math.floor(size.share * total));
  return reserve.reduce((sum, given) => sum + bytes(read("--reserve-vram", given, "GB")), 0);
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

function read(flag: string, text: string, bareUnit?: "GB"): ByteSize {
  const size = parseByteSize(text, bareUnit);
  if (size) return size;
  throw new EngineError({ code: "usage", message: `${flag} is "${text}"; expected 8GB, 400MB or 60%` });
}
