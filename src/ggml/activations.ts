import { I8 } from "./abi.ts";
import { countBuffer } from "./buffers.ts";
import type { Device } from "./devices.ts";
import type { Lib } from "./lib.ts";

/**
 * The one buffer for activations of a device, inside ggml's graph allocator. It is reserved in full before programs run and never grows
 * silently: a graph that would need more is refused here as broken bookkeeping, since that memory was not counted.
 */
export class Activations {
  readonly #lib: Lib;
  readonly #device: Device;
  #allocator: bigint | null = null;
  #bytes = 0;
  #base = 0n;
  #planned: unknown;

  constructor(lib: Lib, device: Device) {
    this.#lib = lib;
    this.#device = device;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Address of the buffer. */
  get base(): bigint {
    return this.#base;
  }

  /** Replaces the buffer by one of exactly `bytes`; 0 frees it. `false`: no room, and there is none now. */
  reserve(bytes: number): boolean {
    this.free();
    if (bytes === 0) return true;
    const { g } = this.#lib;
    const total = this.#device.info.memoryTotal;
    if (total > 0 && bytes > total) return false;
    // A graph of leaves that fill the buffer is what the allocator takes its size from.
    const chunks: number[] = [];
    for (let left = bytes; left > 0; left -= chunks.at(-1)!)
      chunks.push(Math.min(left, this.#device.info.maxBufferBytes));
    const allocator = g.ggml_gallocr_new(this.#device.bufferType);
    const room =
      Number(g.ggml_tensor_overhead()) * (chunks.length + 1) +
      Number(g.ggml_graph_overhead_custom(chunks.length + 8, false));
    const context = g.ggml_init({ mem_size: room + 1024, mem_buffer: null, no_alloc: true });
    if (context === null) return false;
    try {
      const graph = g.ggml_new_graph_custom(context, chunks.length + 8, false);
      const leaves = chunks.map((size) => g.ggml_new_tensor_4d(context, I8, size, 1, 1, 1));
      for (const leaf of leaves) g.ggml_build_forward_expand(graph, leaf);
      if (!g.ggml_gallocr_alloc_graph(allocator, graph)) {
        g.ggml_gallocr_free(allocator);
        return false;
      }
      this.#base = g.ggml_get_data(leaves[0]!) ?? 0n;
    } finally {
      g.ggml_free(context);
    }
    this.#allocator = allocator;
    this.#bytes = Number(g.ggml_gallocr_get_buffer_size(allocator, 0));
    countBuffer(this.#bytes);
    if (this.#bytes !== bytes) throw new Error(`invariant: ${bytes} bytes of activations became ${this.#bytes}`);
    return true;
  }

  /** Gives every node of `graph` its address. `program` is what the graph was made of. */
  place(graph: bigint, program: unknown): void {
    const { g } = this.#lib;
    if (this.#allocator === null) throw new Error("invariant: activations were not reserved");
    // The allocator takes two graphs for the same when counts and sizes agree, whatever their edges are: it plans anew for each program.
    if (this.#planned !== program && !g.ggml_gallocr_reserve(this.#allocator, graph))
      throw new Error("invariant: reserved activations did not hold a program");
    this.#planned = program;
    if (!g.ggml_gallocr_alloc_graph(this.#allocator, graph))
      throw new Error("invariant: reserved activations did not hold a program");
    const now = Number(g.ggml_gallocr_get_buffer_size(this.#allocator, 0));
    if (now !== this.#bytes) throw new Error(`invariant: activations grew from ${this.#bytes} to ${now} bytes`);
  }

  free(): void {
    if (this.#allocator === null) return;
    this.#lib.g.ggml_gallocr_free(this.#allocator);
    countBuffer(-this.#bytes);
    this.#allocator = null;
    this.#planned = undefined;
    this.#bytes = 0;
    this.#base = 0n;
  }
}
