import { bf16ToF32, f16ToF32 } from "../../../src/formats/halfFloat.ts";
import { type KindRunner, row } from "../kindRunner.ts";
import { input } from "../params.ts";

export const quantWiden: KindRunner = {
  kind: "quant.widen",
  async run(golden) {
    const bits = Uint16Array.from(input(golden, "bits").data, Number);
    return { values: { "out.f16": row(f16ToF32(bits)), "out.bf16": row(bf16ToF32(bits)) } };
  },
};
