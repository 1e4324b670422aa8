import koffi, { type KoffiFunc, type LibraryHandle } from "koffi";
import {
  BASE,
  type BaseCalls,
  type Calls,
  CPLAN,
  CPU,
  type CpuCalls,
  type CType,
  F32,
  I8,
  type Prototype,
  REGISTRY,
  type RegistryCalls,
  TENSOR,
} from "./abi.ts";
import { GgmlNotFound, GgmlVersionMismatch } from "./errors.ts";
import type { LibraryFiles } from "./findLibrary.ts";
import { sliceGraph } from "./graphSlice.ts";

/** The loaded compute library: its calls, and a few things that need raw memory. One per process, as ggml's own state is. */
export interface Lib {
  readonly version: string;
  readonly commit: string;
  readonly files: LibraryFiles;
  readonly g: BaseCalls;
  readonly registry: RegistryCalls;
  readonly cpu: CpuCalls;
  /** The CPU backend in use, one of `files.cpu`. */
  readonly cpuFile: string;
  /** `bool (*)(void *)` without JavaScript in it: answers the `no_alloc` of a context. Threads of ggml may call it. */
  readonly readFlag: bigint;
  /** Runs a call on a thread of libuv's pool, so that the event loop turns meanwhile. Memory passed as data must stay alive. */
  background<Args extends unknown[], Result>(call: (...args: Args) => Result, ...args: Args): Promise<Result>;
  /** Native memory as an array; the memory must outlive it. */
  view(address: bigint, bytes: number): ArrayBuffer;
  /** Reads or writes the 8 bytes at an address. */
  peek(address: bigint, offset: number): number;
  poke(address: bigint, offset: number, value: bigint): void;
  /** Memory whose address native code may keep: it never moves. Freed by `release`. */
  pinned(bytes: number): { readonly address: bigint; readonly data: Uint8Array; release(): void };
}

export interface LoadOptions {
  /** ggml's own log goes to stderr instead of nowhere. */
  readonly debug?: boolean;
  readonly warn?: (message: string) => void;
}

/** What prototypes and goldens belong to. */
export const PINNED = { version: "0.23.0", commit: "5b4ebc5" } as const;

const NAMES: Readonly<Record<CType, string>> = {
  void: "void",
  bool: "bool",
  int: "int",
  int64: "int64_t",
  float: "float",
  size: "size_t",
  str: "str",
  ptr: "void *",
  "ptr?": "void *",
  data: "void *",
  init_params: "weir_ggml_init_params",
  cplan: "weir_ggml_cplan",
};

let loaded: Lib | undefined;

/**
 * Loads the libraries, checks version and struct layout, and registers the backends that work here (a GPU backend whose driver is
 * missing is skipped). Throws `GgmlNotFound`, `GgmlVersionMismatch`. A second call returns what the first one loaded.
 */
export function loadLib(files: LibraryFiles, { debug = false, warn = () => {} }: LoadOptions = {}): Lib {
  if (loaded) {
    if (loaded.files.dir !== files.dir)
      throw new GgmlNotFound(`ggml is loaded from ${loaded.files.dir} already; one process holds one`);
    return loaded;
  }
  setUp();
  if (!debug) process.env["GGML_NO_BACKTRACE"] ??= "1"; // on an assertion ggml would start a debugger on this process
  const base = open(files.base);
  const g = bind(base, BASE);
  // The log callback is called from any thread, where JavaScript cannot run: a native function that ignores its arguments swallows it.
  g.ggml_log_set(debug ? null : (base.symbol("ggml_time_us") as bigint), null);
  const registryLib = open(files.registry);
  const registry = bind(registryLib, REGISTRY);
  checkVersion(g, files, warn);

  for (const gpu of files.gpu) registry.ggml_backend_load(gpu);
  const cpuFile = bestCpu(files);
  if (!registry.ggml_backend_load(cpuFile) && registry.ggml_backend_dev_count() === 0)
    throw new GgmlNotFound(`${cpuFile} could not be loaded`);
  const cpu = bind(open(cpuFile), CPU);

  const lib: Lib = {
    version: g.ggml_version(),
    commit: g.ggml_commit(),
    files,
    g,
    registry,
    cpu,
    cpuFile,
    readFlag: base.symbol("ggml_get_no_alloc") as bigint,
    background: <Args extends unknown[], Result>(call: (...args: Args) => Result, ...args: Args): Promise<Result> =>
      new Promise((resolve, reject) => {
        const done = (error: unknown, result: Result): void => {
          void args.length; // the closure keeps data arguments alive until native code is through with them
          if (error) reject(error);
          else resolve(result);
        };
        (call as unknown as KoffiFunc<(...args: Args) => Result>).async(...args, done);
      }),
    view: (address, bytes) => koffi.view(address, bytes),
    peek: (address, offset) => Number(koffi.decode(address, offset, "uint64_t")),
    poke: (address, offset, value) => koffi.encode(address, offset, "uint64_t", value),
    pinned: (bytes) => {
      const address = koffi.address(koffi.alloc("uint8_t", bytes));
      const data = new Uint8Array(koffi.view(address, bytes)).fill(0);
      return { address, data, release: () => koffi.free(address) };
    },
  };
  checkAbi(lib);
  loaded = lib;
  return lib;
}

let ready = false;
/** koffi's own settings, before the first library: they cannot change after it. */
function setUp(): void {
  if (ready) return;
  ready = true;
  // C code runs on koffi's own stacks, 128 KiB in the background by default: too little for drivers that compile shaders.
  koffi.config({ ...koffi.config(), sync_stack_size: 8 << 20, async_stack_size: 8 << 20, resident_async_pools: 4 });
  koffi.struct("weir_ggml_init_params", { mem_size: "size_t", mem_buffer: "void *", no_alloc: "bool" });
  koffi.struct("weir_ggml_cplan", {
    work_size: "size_t",
    work_data: "void *",
    n_threads: "int",
    threadpool: "void *",
    abort_callback: "void *",
    abort_callback_data: "void *",
    use_ref: "bool",
  });
}

function open(file: string): LibraryHandle {
  try {
    return koffi.load(file);
  } catch (error) {
    throw new GgmlNotFound(`${file} could not be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function bind<Table extends Readonly<Record<string, Prototype>>>(lib: LibraryHandle, table: Table): Calls<Table> {
  const calls: Record<string, unknown> = {};
  for (const [name, [result, args]] of Object.entries(table)) {
    try {
      calls[name] = lib.func(
        name,
        NAMES[result],
        args.map((arg) => NAMES[arg]),
      );
    } catch {
      throw new GgmlNotFound(`the ggml that was loaded has no ${name}; it must be version ${PINNED.version}`);
    }
  }
  return calls as Calls<Table>;
}

export function checkVersion(
  g: Pick<BaseCalls, "ggml_version" | "ggml_commit">,
  files: LibraryFiles,
  warn: (message: string) => void,
): void {
  const [version, commit] = [g.ggml_version(), g.ggml_commit()];
  if (version === PINNED.version && commit.startsWith(PINNED.commit)) return;
  const what = `ggml in ${files.dir} is ${version} (${commit}), made for ${PINNED.version} (${PINNED.commit})`;
  if (files.packageName !== null)
    throw new GgmlVersionMismatch(
      `${what}; reinstall ${files.packageName}, or name a folder in WEIR_GGML_DIR to use it all the same`,
    );
  warn(`${what}; used because WEIR_GGML_DIR names it: results may differ`);
}

/** ggml's own way to choose: each variant says how well it fits this processor, 0 when it cannot run. */
function bestCpu(files: LibraryFiles): string {
  let best: { readonly file: string; readonly score: number } | undefined;
  for (const file of files.cpu) {
    const lib = open(file);
    let score = 1;
    try {
      score = (lib.func("ggml_backend_score", "int", []) as () => number)();
    } catch {
      // a build with one variant has no score
    }
    if (score > (best?.score ?? 0)) best = { file, score };
    lib.unload();
  }
  if (!best)
    throw new GgmlNotFound(`none of the ${files.cpu.length} CPU variants in ${files.dir} runs on this processor`);
  return best.file;
}

/** Compares the struct offsets of abi.ts with what the library does. */
function checkAbi(lib: Lib): void {
  const { g } = lib;
  const context = g.ggml_init({ mem_size: 4096, mem_buffer: null, no_alloc: true });
  if (!context) throw new GgmlNotFound("ggml could not make a context of 4 KiB");
  const tensor = g.ggml_new_tensor_4d(context, I8, 3, 5, 7, 11);
  const ne = [0, 1, 2, 3].map((i) => lib.peek(tensor, TENSOR.ne + 8 * i));
  const nb = [0, 1, 2, 3].map((i) => lib.peek(tensor, TENSOR.nb + 8 * i));
  lib.poke(tensor, TENSOR.data, 4096n);
  const data = g.ggml_get_data(tensor);
  g.ggml_free(context);
  const wanted = "3,5,7,11 1,3,15,105 4096 1,2 true";
  const found = `${ne} ${nb} ${data} ${checkSlice(lib)}`;
  if (found !== wanted || koffi.sizeof("weir_ggml_cplan") !== CPLAN.bytes)
    throw new GgmlVersionMismatch(`ggml ${g.ggml_version()} lays out tensors in another way (${found} for ${wanted})`);
}

/** What `sliceGraph` makes of a graph of three nodes: the counts of two parts, and whether the second starts with the second node. */
function checkSlice(lib: Lib): string {
  const { g } = lib;
  const room = 8 * Number(g.ggml_tensor_overhead()) + Number(g.ggml_graph_overhead_custom(8, false));
  const context = g.ggml_init({ mem_size: room, mem_buffer: null, no_alloc: true });
  if (!context) throw new GgmlNotFound(`ggml could not make a context of ${room} bytes`);
  let node = g.ggml_new_tensor_4d(context, F32, 2, 1, 1, 1);
  const graph = g.ggml_new_graph_custom(context, 8, false);
  for (let i = 0; i < 3; i++) node = g.ggml_sqr(context, node);
  g.ggml_build_forward_expand(graph, node);
  const parts = [sliceGraph(lib, graph, 0, 1), sliceGraph(lib, graph, 1, 3)];
  const counts = parts.map((part) => g.ggml_graph_n_nodes(part.graph));
  const same = g.ggml_graph_node(parts[1]!.graph, 0) === g.ggml_graph_node(graph, 1);
  for (const part of parts) part.free();
  g.ggml_free(context);
  return `${counts} ${same}`;
}
