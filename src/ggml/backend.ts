import {
  type Backend,
  type Bindings,
  ComputeFailed,
  type DeviceBuffer,
  type DeviceInfo,
  Interrupted,
  type Submission,
} from "../tensor/backend.ts";
import type { Leaf, Program } from "../tensor/program.ts";
import { CPLAN, STATUS } from "./abi.ts";
import { Activations } from "./activations.ts";
import { freeBuffer, handleOf, makeBuffer } from "./buffers.ts";
import { type Built, build } from "./build.ts";
import { cutPoints } from "./cutPoints.ts";
import type { Device } from "./devices.ts";
import { UnsupportedOp } from "./errors.ts";
import { sliceGraph } from "./graphSlice.ts";
import type { Lib } from "./lib.ts";
import { type Prepared, prepare } from "./prepare.ts";
import { makePool, physicalCores } from "./threads.ts";

/**
 * ggml on one device. A submission is built at once and runs on a background thread when its turn comes, one after another. On the CPU
 * the graph is planned here and works in the tail of the activation buffer, so that every byte is one that was reserved.
 */
export class GgmlBackend implements Backend {
  readonly info: DeviceInfo;
  readonly #lib: Lib;
  readonly #device: Device;
  readonly #backend: bigint;
  readonly #threads: number;
  readonly #flopsPerPart: number | undefined;
  readonly #activations: Activations;
  readonly #prepared = new WeakMap<Program, Prepared>();
  readonly #buffers = new Set<DeviceBuffer>();
  /** A context whose `no_alloc` is the flag that stops a CPU graph between two nodes. */
  readonly #flag: bigint;
  /** struct ggml_cplan of the graph that runs. */
  readonly #plan: ReturnType<Lib["pinned"]>;
  #pool: bigint | null = null;
  #tail: Promise<void> = Promise.resolve();
  #pending = 0;
  #submitted = 0;
  /** Counts interrupts: what was submitted before the last one is not to run. */
  #epoch = 0;
  #closed = false;

  constructor(
    lib: Lib,
    device: Device,
    {
      threads = physicalCores(),
      flopsPerPart,
    }: { readonly threads?: number | undefined; readonly flopsPerPart?: number | undefined } = {},
  ) {
    const { g } = lib;
    this.info = device.info;
    this.#lib = lib;
    this.#device = device;
    this.#threads = threads;
    this.#flopsPerPart = flopsPerPart;
    const backend = g.ggml_backend_dev_init(device.handle, null);
    if (backend === null) throw new ComputeFailed(device.info.id, "the device could not be opened");
    this.#backend = backend;
    this.#activations = new Activations(lib, device);
    const flag = g.ggml_init({ mem_size: 256, mem_buffer: null, no_alloc: false });
    if (flag === null) throw new ComputeFailed(device.info.id, "no memory");
    this.#flag = flag;
    this.#plan = lib.pinned(CPLAN.bytes);
  }

  activationBytes(program: Program): number {
    const { reserve, work } = this.#supported(program);
    return reserve + work;
  }

  /** Activations alone, as ggml's own allocator measures them: what the planner in tensor/ must equal. */
  measureActivations(program: Program): number {
    return this.#prepare(program).activations;
  }

  reserveActivations(bytes: number): boolean {
    if (this.#submitted > 0)
      throw new Error(`invariant: activations are replaced under ${this.#submitted} submissions`);
    return this.#activations.reserve(bytes);
  }

  allocate(bytes: number): DeviceBuffer | null {
    const handle = makeBuffer(this.#lib, this.#device, bytes);
    if (!handle) return null;
    const buffer: DeviceBuffer = { bytes, handle };
    this.#buffers.add(buffer);
    return buffer;
  }

  free(buffer: DeviceBuffer): void {
    if (!this.#buffers.delete(buffer))
      throw new Error(`invariant: ${this.info.id} frees a buffer that it does not hold`);
    freeBuffer(this.#lib, handleOf(buffer));
  }

  write(buffer: DeviceBuffer, offset: number, data: Uint8Array): Promise<void> {
    const { all } = this.#inside(buffer, offset, data.byteLength);
    const { g } = this.#lib;
    return this.#enqueue(() => this.#lib.background(g.ggml_backend_tensor_set, all, data, offset, data.byteLength));
  }

  async read(buffer: DeviceBuffer, offset: number, bytes: number): Promise<Uint8Array> {
    const { all } = this.#inside(buffer, offset, bytes);
    const { g } = this.#lib;
    const data = new Uint8Array(bytes);
    await this.#enqueue(() => this.#lib.background(g.ggml_backend_tensor_get, all, data, offset, bytes));
    return data;
  }

  submit(program: Program, bindings: Bindings): Submission {
    const submission = { done: false, finished: Promise.resolve() };
    const epoch = this.#epoch;
    let work: () => Promise<void>;
    try {
      const built = this.#build(program, bindings);
      work = () => this.#run(program, built, epoch).finally(built.free);
    } catch (error) {
      work = () => Promise.reject(error);
    }
    this.#submitted++;
    submission.finished = this.#enqueue(work).finally(() => {
      this.#submitted--;
      submission.done = true;
    });
    submission.finished.catch(() => {}); // whoever awaits it sees the failure; nobody awaiting is no crash
    return submission;
  }

  interrupt(): void {
    this.#epoch++;
    if (this.#pending > 0) this.#lib.g.ggml_set_no_alloc(this.#flag, true);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#tail;
    const { g, cpu } = this.#lib;
    this.#activations.free();
    for (const buffer of [...this.#buffers]) this.free(buffer);
    if (this.#pool !== null) cpu.ggml_threadpool_free(this.#pool);
    g.ggml_backend_free(this.#backend);
    g.ggml_free(this.#flag);
    this.#plan.release();
  }

  #prepare(program: Program): Prepared {
    let prepared = this.#prepared.get(program);
    if (!prepared) this.#prepared.set(program, (prepared = prepare(this.#lib, this.#device, program, this.#threads)));
    return prepared;
  }

  #supported(program: Program): Prepared {
    const prepared = this.#prepare(program);
    if (prepared.unsupported !== null) throw new UnsupportedOp(prepared.unsupported);
    return prepared;
  }

  #inside(buffer: DeviceBuffer, offset: number, bytes: number) {
    const handle = handleOf(buffer);
    if (offset < 0 || bytes < 0 || offset + bytes > handle.bytes)
      throw new Error(`invariant: ${bytes} bytes at ${offset} of a buffer of ${handle.bytes}`);
    return handle;
  }

  #build(program: Program, bindings: Bindings): Built {
    const { activations, reserve, work } = this.#supported(program);
    if (reserve + work > this.#activations.bytes)
      throw new Error(
        `invariant: ${program.name} needs ${reserve + work} bytes of activations, ${this.#activations.bytes} are reserved`,
      );
    const { g } = this.#lib;
    const built = build(this.#lib, program, (tensor, leaf: Leaf) => {
      const { buffer, offset } = leaf.kind === "weight" ? bindings.weight(leaf.name) : bindings.carried(leaf.name);
      const handle = handleOf(buffer);
      const bytes = Number(g.ggml_backend_buft_get_alloc_size(this.#device.bufferType, tensor));
      if (offset < 0 || offset % this.info.alignment !== 0 || offset + bytes > handle.bytes)
        throw new Error(
          `invariant: ${program.name}: ${leaf.name} (${bytes} bytes) at ${offset} of a buffer of ${handle.bytes}`,
        );
      g.ggml_backend_tensor_alloc(handle.buffer, tensor, handle.base + BigInt(offset));
    });
    try {
      if (activations > 0) this.#activations.place(built.graph, program);
      return built;
    } catch (error) {
      built.free();
      throw error;
    }
  }

  async #run(program: Program, built: Built, epoch: number): Promise<void> {
    if (epoch !== this.#epoch) throw new Interrupted();
    const { g } = this.#lib;
    g.ggml_set_no_alloc(this.#flag, false);
    const status =
      this.info.kind === "cpu"
        ? await this.#computeOnCpu(program, built.graph)
        : await this.#computeInParts(program, built.graph, epoch);
    if (status === STATUS.aborted) throw new Interrupted();
    if (status !== STATUS.success) throw new ComputeFailed(program.name, `${this.info.id} returned status ${status}`);
  }

  /** A GPU's graph cannot be stopped: one that takes long is handed over in parts, and an interrupt acts between two of them. */
  async #computeInParts(program: Program, graph: bigint, epoch: number): Promise<number> {
    const compute = this.#lib.g.ggml_backend_graph_compute;
    const cuts = cutPoints(program, this.#flopsPerPart);
    if (cuts.length === 1) return this.#lib.background(compute, this.#backend, graph);
    let from = 0;
    for (const to of cuts) {
      if (epoch !== this.#epoch) return STATUS.aborted;
      const part = sliceGraph(this.#lib, graph, from, to);
      try {
        const status = await this.#lib.background(compute, this.#backend, part.graph);
        if (status !== STATUS.success) return status;
      } finally {
        part.free();
      }
      from = to;
    }
    return STATUS.success;
  }

  #computeOnCpu(program: Program, graph: bigint): Promise<number> {
    const { activations, work, threads } = this.#prepare(program);
    const { cpu, readFlag } = this.#lib;
    if (threads > 1) this.#pool ??= makePool(this.#lib, this.#threads);
    const planned = cpu.ggml_graph_plan(graph, threads, this.#pool);
    if (Number(planned.work_size) > work)
      throw new Error(
        `invariant: ${program.name} needs ${planned.work_size} bytes of work memory, ${work} were counted`,
      );
    const plan = new DataView(this.#plan.data.buffer);
    plan.setBigUint64(CPLAN.workSize, BigInt(work), true);
    plan.setBigUint64(CPLAN.workData, work > 0 ? this.#activations.base + BigInt(activations) : 0n, true);
    plan.setInt32(CPLAN.threads, planned.n_threads, true);
    plan.setBigUint64(CPLAN.pool, this.#pool ?? 0n, true);
    plan.setBigUint64(CPLAN.abort, readFlag, true);
    plan.setBigUint64(CPLAN.abortData, this.#flag, true);
    return this.#lib.background(cpu.ggml_graph_compute, graph, this.#plan.address);
  }

  /** Runs `work` after all that was asked for before, whether that failed or not. */
  #enqueue<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new Error(`invariant: ${this.info.id} is closed`);
    this.#pending++;
    const result = this.#tail.then(work).finally(() => {
      this.#pending--;
    });
    this.#tail = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}
