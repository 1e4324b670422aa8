import type { QuantOptions } from "./quantOptions.ts";
import type { Stored, Target } from "./recodeSpec.ts";

/**
 * The one table of what quantised layers become, by rows' length and flags; docs/quantised.md has bytes and errors. Exact at about the file's
 * bytes: int8 as Q8_0 with d = 1, int4 as Q4_0 with d = 1, nvfp4 as NVFP4; their scales multiply the product. Eight-bit floats have no type in
 * ggml, and quanto's groups have f32 scales: Q8_0 and Q4_1 then, or exact values in more bytes. Rows that are no whole blocks: f16.
 */
export function targetOf(stored: Stored, columns: number, { fp8, exact }: QuantOptions): Target {
  const whole = columns % 32 === 0;
  const small = fp8 === "q8_0" && !exact && whole;
  switch (stored.kind) {
    case "fp8":
    case "cast":
      return small ? "Q8_0" : "F16";
    case "mxfp8":
      // a power of two that f16 may not have
      return small ? "Q8_0" : "BF16";
    case "int8":
    case "codebook4":
      return whole ? "Q8_0" : "F16";
    case "int4":
      return whole ? "Q4_0" : "F16";
    case "nvfp4":
      return columns % 64 === 0 ? "NVFP4" : "F16";
    case "affine":
      if (exact) return "F32";
      return stored.group % 32 === 0 && whole ? "Q4_1" : "F16";
  }
}
