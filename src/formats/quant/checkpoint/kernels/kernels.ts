import { assembleWasm } from "./assembleWasm.ts";
import { kernelText } from "./kernelText.ts";

/** All kernels by name: places and counts in, 0 or 1 out. */
type Run = Readonly<
  Record<
    "fp8ToQ8" | "fp8ToHalves" | "int8" | "int4" | "nvfp4" | "codebook" | "affine" | "cast16" | "cast32",
    (...args: readonly number[]) => number
  >
>;

/**
 * Loops over vectors, some ten times as fast as JavaScript's, and the little memory that they work in: what they read is put there a chunk at
 * a time and what they write taken from there, all of it within a core's cache.
 */
export interface Kernels {
  readonly run: Run;
  /** All of the memory. Not to be kept: a new table may make it another. */
  bytes(): Uint8Array;
  /** Where a table lies, which is made at the first use and stays. `key`: what it depends on. */
  table(key: string, make: () => Uint8Array): number;
}

/** Values of a chunk. */
export const CHUNK = 1 << 15;
/** Places in memory: a byte that is 0; what belongs to blocks or groups; a chunk as stored; as eight-bit codes; as it becomes. */
export const ZERO = 0;
export const SIDE = 64;
export const IN = SIDE + CHUNK / 2;
export const CODES = IN + 4 * CHUNK;
export const OUT = CODES + CHUNK;
const TABLES = OUT + 2 * CHUNK + 64;
const PAGE = 1 << 16;

/** What Node has of it: its types come with a browser's only. */
declare const WebAssembly: {
  validate(binary: Uint8Array<ArrayBuffer>): boolean;
  Memory: new (size: { readonly initial: number }) => { readonly buffer: ArrayBuffer; grow(pages: number): number };
  Module: new (binary: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
};

let made: Kernels | undefined;
let tried = false;

/** One set a thread. Undefined where there are no vectors (x86 before SSE4.1): plain loops then. */
export function kernels(): Kernels | undefined {
  if (!tried) made = make();
  tried = true;
  return made;
}

function make(): Kernels | undefined {
  const binary = assembleWasm(kernelText());
  if (!WebAssembly.validate(binary)) return undefined;
  const memory = new WebAssembly.Memory({ initial: Math.ceil(TABLES / PAGE) });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(binary), { js: { memory } });
  const tables = new Map<string, number>();
  let end = TABLES;
  let view = new Uint8Array(memory.buffer);
  return {
    run: instance.exports as unknown as Run,
    bytes: () => view,
    table(key, makeTable) {
      const known = tables.get(key);
      if (known !== undefined) return known;
      const bytes = makeTable();
      const place = end;
      end += Math.ceil(bytes.length / 64) * 64;
      const missing = end - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
      view = new Uint8Array(memory.buffer);
      view.set(bytes, place);
      tables.set(key, place);
      return place;
    },
  };
}
