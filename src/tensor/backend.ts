import type { Program } from "./program.ts";

/**
 * A compute backend: it runs programs on one device and holds their buffers. ggml (CPU, Vulkan, CUDA, Metal) and reference (plain
 * TypeScript) implement it; one case table runs on both. It is not an allocator of weights (memory/ decides where those lie) and it
 * checks nothing that the builder has checked: by the time a program arrives here its shapes are known to be right.
 */
export interface Backend {
  readonly info: DeviceInfo;
  /** What a program needs beside weights and carried tensors, in bytes: activations as the device's allocator lays them out, and
   *  work memory where it can be known. Exact, and a function of the program and the device alone. */
  activationBytes(program: Program): number;
  /** Makes one buffer for activations that serves every program up to `bytes`; replaces the last one. `false`: no room. 0 frees it. */
  reserveActivations(bytes: number): boolean;
  /** Device memory for carried tensors, or `null` when there is no room. */
  allocate(bytes: number): DeviceBuffer | null;
  free(buffer: DeviceBuffer): void;
  /** Host bytes into a device buffer. Complete when it resolves. */
  write(buffer: DeviceBuffer, offset: number, data: Uint8Array): Promise<void>;
  /** Device bytes to the host, after all that was submitted before. */
  read(buffer: DeviceBuffer, offset: number, bytes: number): Promise<Uint8Array>;
  /** Hands a program to the device. Programs run in the order in which they were submitted. */
  submit(program: Program, bindings: Bindings): Submission;
  /** Stops what runs, as soon as the device allows (on the CPU between two nodes); its submission rejects with `Interrupted`. */
  interrupt(): void;
  /** Waits for everything and gives all back. */
  close(): Promise<void>;
}

export interface DeviceInfo {
  /** As the user names it: "cpu", "Vulkan0". */
  readonly id: string;
  readonly kind: "cpu" | "vulkan" | "cuda" | "metal" | "reference" | "other";
  readonly description: string;
  /** Its pool is the machine's RAM itself. */
  readonly unified: boolean;
  /** Compute and uploads can overlap, and submissions queue up. */
  readonly async: boolean;
  readonly alignment: number;
  readonly maxBufferBytes: number;
  readonly memoryTotal: number;
  readonly memoryFree: number;
}

/** A buffer of the device. Opaque: only the backend that made it looks inside `handle`. */
export interface DeviceBuffer {
  readonly bytes: number;
  readonly handle: unknown;
}

/** Where a leaf of a program lies. */
export interface Binding {
  readonly buffer: DeviceBuffer;
  readonly offset: number;
}

export interface Bindings {
  weight(name: string): Binding;
  carried(name: string): Binding;
}

export interface Submission {
  readonly done: boolean;
  /** Resolves when the device has finished it; rejects with `ComputeFailed` or `Interrupted`. */
  readonly finished: Promise<void>;
}

/** The run was stopped on request. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
  readonly code = "interrupted";
  constructor() {
    super("interrupted");
  }
}

/** The device could not run a program. */
export class ComputeFailed extends Error {
  override readonly name = "ComputeFailed";
  readonly code = "compute-failed";
  readonly program: string;
  constructor(program: string, message: string) {
    super(`${program}: ${message}`);
    this.program = program;
  }
}
