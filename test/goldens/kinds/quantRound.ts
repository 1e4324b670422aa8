import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../../src/formats/halfFloat.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { floats } from "../params.ts";

export const quantRound: KindRunner = {
  kind: "quant.round",
  skip: (golden) => (golden.inputs.has("f32") ? null : "rounding to fp8 not built yet"),
  async run(golden) {
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
