import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { POOL_PARAMS } from "./abi.ts";
import type { Lib } from "./lib.ts";

/** Below this many flops a program takes a few milliseconds on one core, and threads lose more at the barrier after each node than they win. */
const TINY_FLOPS = 2e8;

/** Threads for a program: a function of the program and the machine alone. */
export const threadsFor = (flops: number, threads: number): number => (flops < TINY_FLOPS ? 1 : threads);

/** Physical cores this process may use: hyper-threads share the units that matrix products need. */
export function physicalCores(): number {
  const allowed = availableParallelism();
  try {
    const cores = new Set<string>();
    for (let cpu = 0; cpu < cpus().length; cpu++)
      cores.add(readFileSync(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`, "utf8").trim());
    return Math.max(1, Math.min(allowed, cores.size));
  } catch {
    return allowed; // no Linux: what the system offers
  }
}

/** A pool that lives as long as its backend. Idle threads sleep: spinning ones would take the cores from reading and from JavaScript. */
export function makePool(lib: Lib, threads: number): bigint {
  const params = new Uint8Array(POOL_PARAMS.bytes);
  lib.g.ggml_threadpool_params_init(params, threads);
  new DataView(params.buffer).setUint32(POOL_PARAMS.poll, 0, true);
  const pool = lib.cpu.ggml_threadpool_new(params);
  if (pool === null) throw new Error(`ggml could not start ${threads} threads`);
  return pool;
}
