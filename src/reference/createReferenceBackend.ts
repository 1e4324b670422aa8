import { totalmem } from "node:os";
import { setImmediate } from "node:timers/promises";
import type { DeviceMemory } from "../memory/deviceMemory.ts";
import type { Backend, Bindings, DeviceBuffer, DeviceInfo } from "../tensor/backend.ts";
import { ComputeFailed, Interrupted } from "../tensor/backend.ts";
import type { DType } from "../tensor/dtype.ts";
import { type ActivationPlan, planActivations } from "../tensor/planActivations.ts";
import type { Program } from "../tensor/program.ts";
import { type BlockDecoder, lendDecoders } from "./decodeRow.ts";
import { type Block, Pool } from "./pool.ts";
import { ALIGNMENT, MAX_BUFFER_BYTES, referenceMemory } from "./referenceMemory.ts";
import { runProgram } from "./runProgram.ts";

/**
 * The second backend: plain loops on the host, sums in f64, each node's result rounded once. It runs where nothing is installed, and it
 * is what the other backends are compared with; it is not fast. Both of its sides share one pool, so `memoryBytes` (default: the
 * machine's memory) bounds weights, activations and carried tensors together, and a weight's place binds as `{ buffer: chunk, offset }`.
 */
export function createReferenceBackend(
  options: {
    readonly memoryBytes?: number;
    /** For block encodings other than q8_0 and q4_0. */
    readonly decoders?: Readonly<Partial<Record<DType, BlockDecoder>>>;
  } = {},
): {
  backend: Backend;
  memory: DeviceMemory;
} {
  if (options.decoders) lendDecoders(options.decoders);
  const pool = new Pool(options.memoryBytes ?? totalmem());
  return { backend: new ReferenceBackend(pool), memory: referenceMemory(pool) };
}

class ReferenceBackend implements Backend {
  readonly #pool: Pool;
  readonly #plans = new WeakMap<Program, ActivationPlan>();
  #activations: { readonly block: Block; readonly bytes: number } | undefined;
  /** Settles when all that was submitted is over; never rejects. */
  #idle: Promise<void> = Promise.resolve();
  /** Raised by `interrupt`: what was submitted before stops. */
  #epoch = 0;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  get info(): DeviceInfo {
    return {
      id: "reference",
      kind: "reference",
      description: "plain TypeScript",
      unified: true,
      async: false,
      alignment: ALIGNMENT,
      maxBufferBytes: MAX_BUFFER_BYTES,
      memoryTotal: this.#pool.limit,
      memoryFree: this.#pool.limit - this.#pool.used,
    };
  }

  activationBytes(program: Program): number {
    return this.#plan(program).bytes;
  }

  reserveActivations(bytes: number): boolean {
    if (this.#activations) this.#pool.give(this.#activations.block, this.#activations.bytes);
    this.#activations = undefined;
    if (bytes === 0) return true;
    const block = this.#pool.take(bytes);
    if (!block) return false;
    // Not-a-number everywhere: whatever reads what nobody wrote shows.
    block.fill(0xff);
    this.#activations = { block, bytes };
    return true;
  }

  allocate(bytes: number): DeviceBuffer | null {
    const handle = this.#pool.take(bytes);
    return handle && { bytes, handle };
  }

  free(buffer: DeviceBuffer): void {
    this.#pool.give(buffer.handle as Block, buffer.bytes);
  }

  async write(buffer: DeviceBuffer, offset: number, data: Uint8Array): Promise<void> {
    await this.#idle;
    this.#range(buffer, offset, data.length).set(data);
  }

  async read(buffer: DeviceBuffer, offset: number, bytes: number): Promise<Uint8Array> {
    await this.#idle;
    return this.#range(buffer, offset, bytes).slice();
  }

  submit(program: Program, bindings: Bindings) {
    const plan = this.#plan(program);
    const reserved = this.#activations?.bytes ?? 0;
    if (plan.bytes > reserved)
      throw new Error(`invariant: ${program.name} needs ${plan.bytes} bytes of activations, ${reserved} are reserved`);
    const activations = this.#activations?.block ?? new Uint8Array();
    const nodes = runProgram(program, bindings, { activations, plan, block: (handle) => this.#pool.block(handle) });
    const submission = { done: false, finished: this.#run(program, nodes, this.#epoch, this.#idle) };
    const over = () => {
      submission.done = true;
    };
    // Handles a rejection too, so that one that nobody awaits does not end the process.
    this.#idle = submission.finished.then(over, over);
    return submission;
  }

  interrupt(): void {
    this.#epoch++;
  }

  async close(): Promise<void> {
    await this.#idle;
    this.reserveActivations(0);
  }

  async #run(program: Program, nodes: Iterable<void>, epoch: number, before: Promise<void>) {
    await before;
    await setImmediate();
    if (epoch !== this.#epoch) throw new Interrupted();
    try {
      for (const _ of nodes) {
        // The event loop turns after each node, so that an interrupt, a socket or a timer is not kept waiting.
        await setImmediate();
        if (epoch !== this.#epoch) throw new Interrupted();
      }
    } catch (error) {
      if (error instanceof Interrupted || (error instanceof Error && error.message.startsWith("invariant:")))
        throw error;
      throw new ComputeFailed(program.name, error instanceof Error ? error.message : String(error));
    }
  }

  #plan(program: Program): ActivationPlan {
    let plan = this.#plans.get(program);
    if (!plan) this.#plans.set(program, (plan = planActivations(program, { alignment: ALIGNMENT })));
    return plan;
  }

  #range(buffer: DeviceBuffer, offset: number, bytes: number): Block {
    if (offset < 0 || offset + bytes > buffer.bytes)
      throw new Error(`invariant: ${bytes} bytes at ${offset} of a buffer of ${buffer.bytes}`);
    return this.#pool.block(buffer.handle).subarray(offset, offset + bytes);
  }
}
