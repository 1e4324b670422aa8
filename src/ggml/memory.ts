import type { Chunk, DeviceMemory, Place, Staging } from "../memory/deviceMemory.ts";
import { freeBuffer, type GgmlBuffer, handleOf, makeBuffer } from "./buffers.ts";
import { type Device, deviceMemory } from "./devices.ts";
import type { Lib } from "./lib.ts";

export { liveBufferBytes } from "./buffers.ts";

/** The memory of a ggml device: a chunk is one backend buffer. On a host device places are mapped, so that files are read into them. */
export class GgmlMemory implements DeviceMemory {
  readonly device: string;
  readonly alignment: number;
  readonly maxChunkBytes: number;
  readonly #lib: Lib;
  readonly #device: Device;
  readonly #chunks = new Set<Chunk>();
  /** Pinned buffers of the host. */
  readonly #staging = new Set<bigint>();

  constructor(lib: Lib, device: Device) {
    this.#lib = lib;
    this.#device = device;
    this.device = device.info.id;
    this.alignment = device.info.alignment;
    this.maxChunkBytes = device.info.maxBufferBytes;
  }

  allocate(bytes: number): Chunk | null {
    if (bytes > this.maxChunkBytes) return null;
    const handle = makeBuffer(this.#lib, this.#device, bytes);
    if (!handle) return null;
    const chunk: Chunk = { bytes, handle };
    this.#chunks.add(chunk);
    return chunk;
  }

  free(chunk: Chunk): void {
    if (!this.#chunks.delete(chunk)) throw new Error(`invariant: ${this.device} frees a chunk that it does not hold`);
    freeBuffer(this.#lib, handleOf(chunk));
  }

  map(place: Place): Uint8Array | null {
    const { host } = this.#range(place, 0, place.bytes);
    return this.#device.host && host ? host.subarray(place.offset, place.offset + place.bytes) : null;
  }

  async upload(place: Place, offset: number, data: Uint8Array): Promise<void> {
    const { all } = this.#range(place, offset, data.byteLength);
    if (data.byteLength === 0) return;
    const { g } = this.#lib;
    await this.#lib.background(g.ggml_backend_tensor_set, all, data, place.offset + offset, data.byteLength);
  }

  /** Memory that the device copies from by itself (pinned). It is the host's and counts against no device's budget. */
  staging(bytes: number): Staging | null {
    const { g } = this.#lib;
    const type = g.ggml_backend_dev_host_buffer_type(this.#device.handle);
    const buffer = type === null ? null : g.ggml_backend_buft_alloc_buffer(type, bytes);
    if (buffer === null) return null;
    const data = new Uint8Array(this.#lib.view(g.ggml_backend_buffer_get_base(buffer), bytes));
    this.#staging.add(buffer);
    const free = (): void => {
      if (this.#staging.delete(buffer)) g.ggml_backend_buffer_free(buffer);
    };
    return { bytes, data, free };
  }

  usage(): { readonly free: number; readonly total: number } {
    return deviceMemory(this.#lib, this.#device.handle);
  }

  /** The chunk of a place, when `bytes` at `from` lie in the place, and the place in a chunk that is held. */
  #range({ chunk, offset, bytes }: Place, from: number, length: number): GgmlBuffer {
    if (!this.#chunks.has(chunk)) throw new Error("invariant: a place in a chunk that is not held");
    if (offset < 0 || offset + bytes > chunk.bytes || from < 0 || from + length > bytes)
      throw new Error(
        `invariant: ${length} bytes at ${from} of a place of ${bytes} at ${offset} of a chunk of ${chunk.bytes}`,
      );
    return handleOf(chunk);
  }

  /** Gives every chunk back, and all staging: nothing may be in flight. */
  close(): void {
    for (const buffer of this.#staging) this.#lib.g.ggml_backend_buffer_free(buffer);
    this.#staging.clear();
    for (const chunk of [...this.#chunks]) this.free(chunk);
  }
}
