/**
 * The C prototypes that are used, as ggml 0.23.0 (commit 5b4ebc5) declares them in ggml.h, ggml-alloc.h, ggml-backend.h and
 * ggml-cpu.h. A wrong prototype corrupts memory: each line was compared with those headers, and `checkAbi` compares the struct
 * offsets below with the loaded library. "ptr" is `void *` (never null), "ptr?" one that may be null, "data" memory to read or fill.
 */
export type CType =
  | "void"
  | "bool"
  | "int"
  | "int64"
  | "float"
  | "size"
  | "str"
  | "ptr"
  | "ptr?"
  | "data"
  | "init_params"
  | "cplan";
export type Prototype = readonly [result: CType, args: readonly CType[]];

/** Pointers are BigInts. Sizes come back as numbers (as BigInt only above 2^53). */
interface TypeOf {
  void: undefined;
  bool: boolean;
  int: number;
  int64: number;
  float: number;
  size: number;
  str: string;
  ptr: bigint;
  "ptr?": bigint | null;
  data: Uint8Array | bigint;
  init_params: { mem_size: number; mem_buffer: null; no_alloc: boolean };
  cplan: { work_size: number; n_threads: number };
}

type Args<Types extends readonly CType[]> = { -readonly [I in keyof Types]: TypeOf[Types[I]] };

/** A table of prototypes as typed functions. */
export type Calls<Table extends Readonly<Record<string, Prototype>>> = {
  readonly [Name in keyof Table]: (...args: Args<Table[Name][1]>) => TypeOf[Table[Name][0]];
};

const T1 = ["ptr", ["ptr", "ptr"]] as const;
const T2 = ["ptr", ["ptr", "ptr", "ptr"]] as const;

/** What makes graph nodes: all that lowering needs. The first argument is the context. */
const OPS = {
  ggml_new_tensor_4d: ["ptr", ["ptr", "int", "int64", "int64", "int64", "int64"]],
  ggml_mul_mat: T2,
  ggml_mul_mat_set_prec: ["void", ["ptr", "int"]],
  ggml_add: T2,
  ggml_sub: T2,
  ggml_mul: T2,
  ggml_div: T2,
  ggml_scale_bias: ["ptr", ["ptr", "ptr", "float", "float"]],
  ggml_silu: T1,
  ggml_sigmoid: T1,
  ggml_sqr: T1,
  ggml_sqrt: T1,
  ggml_neg: T1,
  ggml_swiglu: T1,
  ggml_swiglu_split: T2,
  ggml_norm: ["ptr", ["ptr", "ptr", "float"]],
  ggml_rms_norm: ["ptr", ["ptr", "ptr", "float"]],
  ggml_group_norm: ["ptr", ["ptr", "ptr", "int", "float"]],
  ggml_soft_max_ext: ["ptr", ["ptr", "ptr", "ptr?", "float", "float"]],
  ggml_flash_attn_ext: ["ptr", ["ptr", "ptr", "ptr", "ptr", "ptr?", "float", "float", "float"]],
  ggml_flash_attn_ext_set_prec: ["void", ["ptr", "int"]],
  ggml_concat: ["ptr", ["ptr", "ptr", "ptr", "int"]],
  ggml_roll: ["ptr", ["ptr", "ptr", "int", "int", "int", "int"]],
  ggml_pad: ["ptr", ["ptr", "ptr", "int", "int", "int", "int"]],
  ggml_upscale: ["ptr", ["ptr", "ptr", "int", "int"]],
  ggml_im2col: ["ptr", ["ptr", "ptr", "ptr", "int", "int", "int", "int", "int", "int", "bool", "int"]],
  ggml_conv_2d_direct: ["ptr", ["ptr", "ptr", "ptr", "int", "int", "int", "int", "int", "int"]],
  ggml_get_rows: T2,
  ggml_view_4d: ["ptr", ["ptr", "ptr", "int64", "int64", "int64", "int64", "size", "size", "size", "size"]],
  ggml_reshape_4d: ["ptr", ["ptr", "ptr", "int64", "int64", "int64", "int64"]],
  ggml_permute: ["ptr", ["ptr", "ptr", "int", "int", "int", "int"]],
  ggml_cont: T1,
  ggml_cast: ["ptr", ["ptr", "ptr", "int"]],
  ggml_cpy: T2,
} as const satisfies Readonly<Record<string, Prototype>>;

/** libggml-base: contexts, graphs, allocation, devices. */
export const BASE = {
  ...OPS,
  ggml_version: ["str", []],
  ggml_commit: ["str", []],
  ggml_init: ["ptr?", ["init_params"]],
  ggml_free: ["void", ["ptr"]],
  ggml_tensor_overhead: ["size", []],
  ggml_graph_overhead_custom: ["size", ["size", "bool"]],
  ggml_new_graph_custom: ["ptr", ["ptr", "size", "bool"]],
  ggml_build_forward_expand: ["void", ["ptr", "ptr"]],
  ggml_graph_n_nodes: ["int", ["ptr"]],
  ggml_graph_node: ["ptr", ["ptr", "int"]],
  ggml_get_data: ["ptr?", ["ptr"]],
  ggml_set_input: ["void", ["ptr"]],
  ggml_set_no_alloc: ["void", ["ptr", "bool"]],
  ggml_op_desc: ["str", ["ptr"]],
  ggml_log_set: ["void", ["ptr?", "ptr?"]],
  ggml_threadpool_params_init: ["void", ["data", "int"]],
  ggml_backend_buft_alloc_buffer: ["ptr?", ["ptr", "size"]],
  ggml_backend_buft_get_alignment: ["size", ["ptr"]],
  ggml_backend_buft_get_max_size: ["size", ["ptr"]],
  ggml_backend_buft_get_alloc_size: ["size", ["ptr", "ptr"]],
  ggml_backend_buft_is_host: ["bool", ["ptr"]],
  ggml_backend_buffer_free: ["void", ["ptr"]],
  ggml_backend_buffer_get_base: ["ptr", ["ptr"]],
  ggml_backend_buffer_get_size: ["size", ["ptr"]],
  ggml_backend_buffer_set_usage: ["void", ["ptr", "int"]],
  ggml_backend_tensor_alloc: ["int", ["ptr", "ptr", "ptr"]],
  ggml_backend_tensor_set: ["void", ["ptr", "data", "size", "size"]],
  ggml_backend_tensor_get: ["void", ["ptr", "data", "size", "size"]],
  ggml_backend_graph_compute: ["int", ["ptr", "ptr"]],
  ggml_backend_free: ["void", ["ptr"]],
  ggml_backend_dev_name: ["str", ["ptr"]],
  ggml_backend_dev_description: ["str", ["ptr"]],
  ggml_backend_dev_type: ["int", ["ptr"]],
  ggml_backend_dev_memory: ["void", ["ptr", "data", "data"]],
  ggml_backend_dev_get_props: ["void", ["ptr", "data"]],
  ggml_backend_dev_init: ["ptr?", ["ptr", "ptr?"]],
  ggml_backend_dev_buffer_type: ["ptr", ["ptr"]],
  ggml_backend_dev_host_buffer_type: ["ptr?", ["ptr"]],
  ggml_backend_dev_supports_op: ["bool", ["ptr", "ptr"]],
  ggml_backend_dev_backend_reg: ["ptr", ["ptr"]],
  ggml_backend_reg_name: ["str", ["ptr"]],
  ggml_gallocr_new: ["ptr", ["ptr"]],
  ggml_gallocr_free: ["void", ["ptr"]],
  ggml_gallocr_reserve: ["bool", ["ptr", "ptr"]],
  ggml_gallocr_reserve_n_size: ["void", ["ptr", "ptr", "ptr?", "ptr?", "data"]],
  ggml_gallocr_alloc_graph: ["bool", ["ptr", "ptr"]],
  ggml_gallocr_get_buffer_size: ["size", ["ptr", "int"]],
} as const satisfies Readonly<Record<string, Prototype>>;

/** libggml: the registry of backends and devices. */
export const REGISTRY = {
  ggml_backend_load: ["ptr?", ["str"]],
  ggml_backend_dev_count: ["size", []],
  ggml_backend_dev_get: ["ptr", ["size"]],
} as const satisfies Readonly<Record<string, Prototype>>;

/** libggml-cpu: planning and running with work memory and threads of our own, so that every byte of them is counted. */
export const CPU = {
  ggml_graph_plan: ["cplan", ["ptr", "int", "ptr?"]],
  ggml_graph_compute: ["int", ["ptr", "data"]],
  ggml_threadpool_new: ["ptr?", ["data"]],
  ggml_threadpool_free: ["void", ["ptr"]],
} as const satisfies Readonly<Record<string, Prototype>>;

export type BaseCalls = Calls<typeof BASE>;
export type RegistryCalls = Calls<typeof REGISTRY>;
export type CpuCalls = Calls<typeof CPU>;
export type OpCalls = Calls<typeof OPS>;

/** struct ggml_tensor: byte offsets of sizes (4 x int64), strides (4 x size_t) and the data pointer. */
export const TENSOR = { ne: 16, nb: 48, data: 248 } as const;

/**
 * struct ggml_cgraph { int size, n_nodes, n_leafs; tensor ** nodes, grads, grad_accs, leafs; int32_t * use_counts; hash_set visited;
 * int order; uint64_t uid }: what is read and written of it.
 */
export const CGRAPH = {
  bytes: 96,
  size: 0,
  nNodes: 4,
  nLeafs: 8,
  nodes: 16,
  grads: 24,
  gradAccs: 32,
  leafs: 40,
  uid: 88,
} as const;

/** struct ggml_cplan { size_t work_size; uint8_t * work_data; int n_threads; threadpool *; abort callback *; its data *; bool use_ref } */
export const CPLAN = { bytes: 56, workSize: 0, workData: 8, threads: 16, pool: 24, abort: 32, abortData: 40 } as const;

/** struct ggml_threadpool_params { bool cpumask[512]; int n_threads; int prio; uint32_t poll; bool strict_cpu; bool paused } */
export const POOL_PARAMS = { bytes: 528, poll: 520 } as const;

/** struct ggml_backend_dev_props { char * name; char * description; size_t free, total; int type; char * device_id; 5 x bool caps } */
export const DEV_PROPS = { bytes: 56, caps: 48 } as const;

export const STATUS = { success: 0, aborted: 1 } as const;
export const DEVICE_TYPE = { cpu: 0, gpu: 1, igpu: 2 } as const;
/** GGML_PREC_F32: accumulate in f32 where a GPU would take f16. */
export const PREC_F32 = 10;
/** GGML_TYPE_F32. */
export const F32 = 0;
/** GGML_TYPE_I8: bytes. */
export const I8 = 24;
/** GGML_BACKEND_BUFFER_USAGE_COMPUTE: no padding is written behind quantised rows, which would land in the next weight. */
export const USAGE_COMPUTE = 2;
