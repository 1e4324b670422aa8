import type { DeviceBuffer } from "../tensor/backend.ts";
import { I8, USAGE_COMPUTE } from "./abi.ts";
import type { Device } from "./devices.ts";
import type { Lib } from "./lib.ts";

/**
 * A buffer of a device: what `handle` of a Chunk (weights) and of a DeviceBuffer (carried tensors) is. `all` is a tensor of bytes over the
 * whole of it, for copies in and out; `host` its memory where the CPU can reach it.
 */
export interface GgmlBuffer {
  readonly buffer: bigint;
  readonly base: bigint;
  readonly bytes: number;
  readonly all: bigint;
  readonly context: bigint;
  readonly host: Uint8Array | null;
}

/** Bytes of every ggml buffer that lives, whatever it is for: counted where buffers are made, so that ledgers can be held against it. */
let live = 0;
export const liveBufferBytes = (): number => live;

/** For the allocator of activations, which makes its buffer itself. */
export const countBuffer = (bytes: number): void => {
  live += bytes;
};

/** A buffer, or `null` when the device has no room. */
export function makeBuffer(lib: Lib, device: Device, bytes: number): GgmlBuffer | null {
  const { g } = lib;
  if (!(Number.isSafeInteger(bytes) && bytes > 0)) throw new Error(`invariant: a buffer of ${bytes} bytes`);
  // An overcommitting system would promise more than there is and kill the process later.
  if (device.info.memoryTotal > 0 && bytes > device.info.memoryTotal) return null;
  const buffer = g.ggml_backend_buft_alloc_buffer(device.bufferType, bytes);
  if (buffer === null) return null;
  g.ggml_backend_buffer_set_usage(buffer, USAGE_COMPUTE);
  const base = g.ggml_backend_buffer_get_base(buffer);
  const context = g.ggml_init({ mem_size: Number(g.ggml_tensor_overhead()) + 64, mem_buffer: null, no_alloc: true });
  if (context === null) {
    g.ggml_backend_buffer_free(buffer);
    return null;
  }
  const all = g.ggml_new_tensor_4d(context, I8, bytes, 1, 1, 1);
  g.ggml_backend_tensor_alloc(buffer, all, base);
  live += bytes;
  const host = g.ggml_backend_buft_is_host(device.bufferType) ? new Uint8Array(lib.view(base, bytes)) : null;
  return { buffer, base, bytes, all, context, host };
}

/** Views of `host` are dead from here on: node cannot detach them, so whoever frees has waited for reads into them. */
export function freeBuffer(lib: Lib, { buffer, bytes, context }: GgmlBuffer): void {
  lib.g.ggml_free(context);
  lib.g.ggml_backend_buffer_free(buffer);
  live -= bytes;
}

/** What a handle of this room is. Throws on one that another device made. */
export function handleOf(buffer: Pick<DeviceBuffer, "handle">): GgmlBuffer {
  const handle = buffer.handle as Partial<GgmlBuffer> | null;
  if (typeof handle?.buffer !== "bigint") throw new Error("invariant: a buffer of another device");
  return handle as GgmlBuffer;
}
