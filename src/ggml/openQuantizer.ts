import koffi from "koffi";
import { DTYPES } from "../tensor/dtype.ts";
import { GgmlNotFound } from "./errors.ts";
import { findLibrary } from "./findLibrary.ts";
import { checkVersion } from "./lib.ts";

/** The encodings whose codes ggml searches for, without weights of importance. */
export const SEARCHED = ["q2_k", "q3_k", "q4_k", "q5_k", "q6_k", "iq4_nl", "iq4_xs"] as const;
export type Searched = (typeof SEARCHED)[number];

/** Encodes f32 values, which are whole blocks, into `out`. Blocks do not know each other: any cut of a tensor gives the same bytes. Blocks its thread. */
export type Quantizer = (encoding: Searched, values: Float32Array, out: Uint8Array) => void;

/**
 * ggml's own encoder, for a thread of its own: only the base library is loaded, no device. The caller has checked that values are finite: ggml
 * ends its process over what it does not like. Throws `GgmlNotFound`, `GgmlVersionMismatch`.
 * Source: `size_t ggml_quantize_chunk(type, const float * src, void * dst, int64_t start, nrows, n_per_row, const float * imatrix)`, ggml.h.
 */
export function openQuantizer({
  env = process.env,
  warn = (message: string) => process.emitWarning(message),
}: {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly warn?: (message: string) => void;
} = {}): Quantizer {
  const files = findLibrary({ env });
  let bound: { readonly [name: string]: (...args: unknown[]) => unknown };
  try {
    const base = koffi.load(files.base);
    bound = {
      version: base.func("ggml_version", "str", []),
      commit: base.func("ggml_commit", "str", []),
      chunk: base.func("ggml_quantize_chunk", "size_t", [
        "int",
        "void *",
        "void *",
        "int64_t",
        "int64_t",
        "int64_t",
        "void *",
      ]),
    };
  } catch (error) {
    throw new GgmlNotFound(
      `${files.base} could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const version = {
    ggml_version: () => bound["version"]!() as string,
    ggml_commit: () => bound["commit"]!() as string,
  };
  checkVersion(version, files, warn);
  return (encoding, values, out) => {
    const { ggml, block, bytes } = DTYPES[encoding];
    const size = (values.length / block) * bytes;
    if (values.length % block !== 0 || out.length !== size)
      throw new Error(`invariant: ${values.length} values into ${out.length} bytes of ${encoding}`);
    const made = Number(bound["chunk"]!(ggml, values, out, 0, 1, values.length, null));
    if (made !== size) throw new Error(`invariant: ggml made ${made} bytes of ${encoding}, not ${size}`);
  };
}
