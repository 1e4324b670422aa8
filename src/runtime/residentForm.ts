import type { BlockEncoding, Encoding } from "../formats/weightSource.ts";
import type { Role, WeightDecl } from "../models/model.ts";
import { byteLength, DTYPES, type DType, type TensorSpec } from "../tensor/dtype.ts";
import { UnsupportedEncodingError } from "./errors.ts";

/** What a weight is in device memory, and how its bytes come out of the file's. */
export interface ResidentForm extends TensorSpec {
  readonly bytes: number;
  /** `same`: the file's own bytes. Else each value is decoded to f32 while it is read. */
  readonly from: "same" | "F16" | "BF16" | BlockEncoding;
}

type Form = Pick<ResidentForm, "dtype" | "from">;
type Row = Readonly<Partial<Record<Encoding, Form>>>;

/** The device's name of each block encoding: ggml multiplies with all of them as they are. */
const BLOCKS: Readonly<Record<BlockEncoding, DType>> = {
  Q4_0: "q4_0",
  Q4_1: "q4_1",
  Q5_0: "q5_0",
  Q5_1: "q5_1",
  Q8_0: "q8_0",
  Q2_K: "q2_k",
  Q3_K: "q3_k",
  Q4_K: "q4_k",
  Q5_K: "q5_k",
  Q6_K: "q6_k",
  IQ1_S: "iq1_s",
  IQ1_M: "iq1_m",
  IQ2_XXS: "iq2_xxs",
  IQ2_XS: "iq2_xs",
  IQ2_S: "iq2_s",
  IQ3_XXS: "iq3_xxs",
  IQ3_S: "iq3_s",
  IQ4_NL: "iq4_nl",
  IQ4_XS: "iq4_xs",
  TQ1_0: "tq1_0",
  TQ2_0: "tq2_0",
  MXFP4: "mxfp4",
  NVFP4: "nvfp4",
};
const blocks = Object.entries(BLOCKS) as [BlockEncoding, DType][];

/** Everything as f32: exact, whatever the encoding. */
const WIDENED: Row = {
  F32: { dtype: "f32", from: "same" },
  F16: { dtype: "f32", from: "F16" },
  BF16: { dtype: "f32", from: "BF16" },
  ...Object.fromEntries(blocks.map(([encoding]) => [encoding, { dtype: "f32", from: encoding }])),
};

/**
 * The one table of resident forms, by the file's encoding and what the weight is used as; never by budget (DESIGN.md, "Words").
 * Matrices stay as they are in the file: ggml multiplies with f32, f16, bf16 and GGUF's blocks. Vectors and convolution kernels become
 * f32: ggml adds and scales in f32 only and its exact convolutions want f32 kernels; they are a few thousandths of a transformer's bytes,
 * and widening is exact.
 */
const TABLE: Readonly<Record<Role, Row>> = {
  matrix: {
    F32: { dtype: "f32", from: "same" },
    F16: { dtype: "f16", from: "same" },
    BF16: { dtype: "bf16", from: "same" },
    ...Object.fromEntries(blocks.map(([encoding, dtype]) => [encoding, { dtype, from: "same" }])),
  },
  vector: WIDENED,
  conv: WIDENED,
};

/** The resident form of a model's weight. Throws `UnsupportedEncodingError`, which names the file, the weight and what is supported. */
export function residentForm(file: string, { name, entry, role, shape }: WeightDecl): ResidentForm {
  const row = TABLE[role];
  let form = row[entry.encoding];
  if (!form) throw new UnsupportedEncodingError(file, name, entry.encoding, Object.keys(row));
  // A matrix that was stored in another shape may have rows that are no whole blocks.
  if ((shape.at(-1) ?? 1) % DTYPES[form.dtype].block !== 0) form = WIDENED[entry.encoding]!;
  return { ...form, shape, bytes: byteLength({ dtype: form.dtype, shape }) };
}
