import { f32ToFp8 } from "../../../src/formats/f32ToFp8.ts";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../../src/formats/halfFloat.ts";
import type { GoldenCase } from "../goldenCase.ts";
import { type KindRunner, type Outputs, row } from "../kindRunner.ts";
import { floats } from "../params.ts";

/** Both kinds, as torch casts and with the largest finite value in place of what is too large. */
function toFp8(golden: GoldenCase): Outputs["values"] {
  const rows = (["e4m3fn", "e5m2"] as const).flatMap((kind) => {
    const encoding = kind === "e4m3fn" ? "F8_E4M3" : "F8_E5M2";
    const values = floats(golden, kind);
    return [
      [`out.${kind}.bits`, row(f32ToFp8(encoding, values))],
      [`out.${kind}.saturated_bits`, row(f32ToFp8(encoding, values, true))],
    ] as const;
  });
  return Object.fromEntries(rows);
}

export const quantRound: KindRunner = {
  kind: "quant.round",
  async run(golden) {
    if (!golden.inputs.has("f32")) return { values: toFp8(golden) };
    const values = floats(golden, "f32");
    const [f16, bf16] = [f32ToF16(values), f32ToBf16(values)];
    // the bits of a NaN need not be torch's: where both are one, torch's stand
    const likeTorch = (bits: Uint16Array, name: string, notANumber: (bits: number) => boolean) => {
      const want = golden.outputs.get(name)?.data;
      return row(
        Array.from(bits, (own, i) => (notANumber(own) && notANumber(Number(want?.[i])) ? Number(want?.[i]) : own)),
      );
    };
    return {
      values: {
        "out.f16.bits": likeTorch(f16, "out.f16.bits", (bits) => (bits & 0x7fff) > 0x7c00),
        "out.bf16.bits": likeTorch(bf16, "out.bf16.bits", (bits) => (bits & 0x7fff) > 0x7f80),
        "out.f16.f32": row(f16ToF32(f16)),
        "out.bf16.f32": row(bf16ToF32(bf16)),
      },
    };
  },
};
