import type { Chunk, DeviceMemory, Place } from "../memory/deviceMemory.ts";
import { freeBuffer, handleOf, makeBuffer } from "./buffers.ts";
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
    if (!this.#chunks.has(place.chunk)) throw new Error("invariant: a place in a chunk that was freed");
    const { host } = handleOf(place.chunk);
    return this.#device.host && host ? host.subarray(place.offset, place.offset + place.bytes) : null;
  }

  async upload(place: Place, offset: number, data: Uint8Array): Promise<void> {
    if (offset < 0 || offset + data.byteLength > place.bytes)
      throw new Error(`invariant: ${data.byteLength} bytes at ${offset} do not fit a place of ${place.bytes}`);
    if (!this.#chunks.has(place.chunk)) throw new Error("invariant: a place in a chunk that was freed");
    if (data.byteLength === 0) return;
    const { all } = handleOf(place.chunk);
    const { g } = this.#lib;
    await this.#lib.background(g.ggml_backend_tensor_set, all, data, place.offset + offset, data.byteLength);
  }

  usage(): { readonly free: number; readonly total: number } {
    return deviceMemory(this.#lib, this.#device.handle);
  }

  /** Gives every chunk back. */
  close(): void {
    for (const chunk of [...this.#chunks]) this.free(chunk);
  }
}
