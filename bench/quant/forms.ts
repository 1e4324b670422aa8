import { findQuantType } from "../../src/cli/quantize/quantTypes.ts";
import type { QuantOptions } from "../../src/formats/quant/checkpoint/quantOptions.ts";
import { FORMATS, type Format } from "../../test/support/quantise.ts";

/** What `weir quantize` makes, by its `--type`. */
export type GgufFormat = `gguf ${string}`;

/** One way to have the demo's transformer: a file, and how it is run. */
export interface Form {
  /** As the table and the contact sheet name it. */
  readonly label: string;
  readonly format: Format | GgufFormat | "bf16";
  /** `weight_dtype` of UNETLoader. */
  readonly weightDtype: string;
  readonly fp8: QuantOptions["fp8"];
}

/** Those whose values are eight-bit floats: `--fp8` chooses. */
const FP8 = new Set<string>(["float8_e4m3fn", "float8_e5m2", "scaled_fp8", "fp8 unscaled", "mxfp8", "qfloat8_e4m3fn"]);

const form = (label: string, format: Form["format"], weightDtype = "default", fp8: Form["fp8"] = "q8_0"): Form => ({
  label,
  format,
  weightDtype,
  fp8,
});

/** Best first. One that `weir quantize` does not make has no row. */
const GGUF = ["q8_0", "q6_k", "q5_k", "q4_k", "q4_0", "q3_k", "q2_k"].filter((type) => findQuantType(type));

export const isGguf = (format: Form["format"]): format is GgufFormat => format.startsWith("gguf ");

/** A name for that file: loaders go by its ending. */
export const fileOf = ({ format }: Form): string =>
  isGguf(format) ? `${format.slice("gguf ".length)}.gguf` : `${format}.safetensors`;

/** All that the table has a row of, best known first; with each kind of eight-bit floats in both its forms. */
export const FORMS: readonly Form[] = [
  form("bf16", "bf16"),
  form("weight_dtype fp8_e4m3fn", "bf16", "fp8_e4m3fn"),
  form("weight_dtype fp8_e5m2", "bf16", "fp8_e5m2"),
  ...FORMATS.flatMap((format) =>
    FP8.has(format) ? [form(format, format), form(`${format}, f16`, format, "default", "f16")] : [form(format, format)],
  ),
  ...GGUF.map((type) => form(`gguf ${type}`, `gguf ${type}`)),
];

/** Those of the large model: one of each size that the formats take, and both forms of fp8. */
export const LARGE: readonly Form[] = FORMS.filter(({ label }) =>
  ["bf16", "scaled_fp8", "scaled_fp8, f16", "int8_rowwise", "gguf q8_0", "gguf q4_k"].includes(label),
);
