import { encodeBf16, encodeF16 } from "./halfFloat.ts";
import type { Operand } from "./operand.ts";
import { rowOffsets } from "./rowOffsets.ts";

/** Writes row-major values into a tensor, each rounded once to its encoding. Carried tensors and activations only: no block encodings. */
export function store(t: Operand, values: Float64Array): void {
  const width = t.shape.at(-1)!;
  const at = t.strides.at(-1)!;
  const encode = t.dtype === "f16" ? encodeF16 : encodeBf16;
  for (const [row, offset] of rowOffsets(t).entries()) {
    const start = t.bytes.byteOffset + offset;
    if (t.dtype === "f32" || t.dtype === "i32") {
      const step = at / 4;
      const out = new (t.dtype === "f32" ? Float32Array : Int32Array)(t.bytes.buffer, start, 1 + (width - 1) * step);
      for (let i = 0; i < width; i++) out[i * step] = values[row * width + i]!;
    } else if (t.dtype === "f16" || t.dtype === "bf16") {
      const step = at / 2;
      const out = new Uint16Array(t.bytes.buffer, start, 1 + (width - 1) * step);
      for (let i = 0; i < width; i++) out[i * step] = encode(values[row * width + i]!);
    } else throw new Error(`invariant: nothing writes ${t.dtype}`);
  }
}
