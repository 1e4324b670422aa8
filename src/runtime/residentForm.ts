import type { Encoding } from "../formats/weightSource.ts";
import type { Role, WeightDecl } from "../models/model.ts";
import { byteLength, type DType, type TensorSpec } from "../tensor/dtype.ts";
import { UnsupportedEncodingError } from "./errors.ts";

/** What a weight is in device memory, and how its bytes come out of the file's. */
export interface ResidentForm extends TensorSpec {
  readonly bytes: number;
  /** `same`: the file's own bytes. Else each value is widened to f32 while it is read. */
  readonly from: "same" | "F16" | "BF16";
}

/**
 * The one table of resident forms, by the file's encoding and what the weight is used as; never by budget (DESIGN.md, "Words").
 * Matrices stay as they are in the file: ggml multiplies with f32, f16 and bf16. Vectors and convolution kernels become f32: ggml adds
 * and scales in f32 only and its exact convolutions want f32 kernels; they are a few thousandths of a transformer's bytes, and widening
 * is exact.
 */
const TABLE: Readonly<Record<Role, Partial<Record<Encoding, { dtype: DType; from: ResidentForm["from"] }>>>> = {
  matrix: {
    F32: { dtype: "f32", from: "same" },
    F16: { dtype: "f16", from: "same" },
    BF16: { dtype: "bf16", from: "same" },
  },
  vector: {
    F32: { dtype: "f32", from: "same" },
    F16: { dtype: "f32", from: "F16" },
    BF16: { dtype: "f32", from: "BF16" },
  },
  conv: {
    F32: { dtype: "f32", from: "same" },
    F16: { dtype: "f32", from: "F16" },
    BF16: { dtype: "f32", from: "BF16" },
  },
};

/** The resident form of a model's weight. Throws `UnsupportedEncodingError`, which names the file, the weight and what is supported. */
export function residentForm(file: string, { name, entry, role, shape }: WeightDecl): ResidentForm {
  const row = TABLE[role];
  const form = row[entry.encoding];
  if (!form) throw new UnsupportedEncodingError(file, name, entry.encoding, Object.keys(row));
  return { ...form, shape, bytes: byteLength({ dtype: form.dtype, shape }) };
}
