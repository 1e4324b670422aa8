import { GGUF_TYPES } from "../../../src/formats/gguf/ggufTypes.ts";
import { f32ToBf16, f32ToF16 } from "../../../src/formats/halfFloat.ts";
import { encodeBlocks, isPlainlyEncoded } from "../../../src/formats/quant/encodeBlocks.ts";
import { toFloat32 } from "../../../src/formats/toFloat32.ts";
import type { Encoding } from "../../../src/formats/weightSource.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { KindRunner } from "../kindRunner.ts";
import { floats, input, param } from "../params.ts";

export const quantGgufType: KindRunner = {
  kind: "quant.gguf_type",
  async run(golden) {
    const number = param(golden, "type", "number");
    const type = GGUF_TYPES.get(number);
    if (!type) throw new Error(`type ${number} is not in the table`);
    for (const [name, mine] of [
      ["block_values", type.values],
      ["block_bytes", type.bytes],
    ] as const)
      if (param(golden, name, "number") !== mine) throw new Error(`${type.encoding}: ${name} is ${mine} here`);
    const bytes = Uint8Array.from(input(golden, "bytes").data as ArrayLike<number>);
    const shape = [param(golden, "rows", "number"), param(golden, "cols", "number")];
    const values: Record<string, GoldenTensor> = { "out.f32": { shape, data: toFloat32(type.encoding, bytes) } };
    const quantized = golden.outputs.get("out.quantized");
    if (!quantized) return { values };
    const made = encode(type.encoding, floats(golden, "x"), bytes.length);
    values["out.quantized"] = { shape: quantized.shape, data: made };
    const { shape: wide } = input(golden, "x");
    values["out.quantized_f32"] = { shape: wide, data: toFloat32(type.encoding, made) };
    return { values };
  },
};

function encode(encoding: Encoding, x: Float32Array, bytes: number): Uint8Array {
  if (encoding === "F16" || encoding === "BF16")
    return new Uint8Array((encoding === "F16" ? f32ToF16 : f32ToBf16)(x).buffer);
  if (encoding === "F32") return new Uint8Array(x.buffer, x.byteOffset, x.byteLength);
  if (!isPlainlyEncoded(encoding)) throw new Error(`${encoding} has no encoder here`);
  const out = new Uint8Array(bytes);
  encodeBlocks(encoding, x, out);
  return out;
}
