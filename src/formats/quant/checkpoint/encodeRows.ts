import { f32ToBf16, f32ToF16 } from "../../halfFloat.ts";
import type { Target } from "./recodeSpec.ts";

const { fround } = Math;
const BLOCK = 32;

/** f32 values as bytes of the encoding; whole blocks. Q8_0's bytes are ggml's own. Other blocks have no rounding of their own here. */
export function encodeRows(
  values: Float32Array,
  to: Extract<Target, "F32" | "F16" | "BF16" | "Q8_0">,
  out: Uint8Array,
) {
  if (to === "F32") out.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  else if (to === "Q8_0") toQ8(values, out);
  else out.set(new Uint8Array((to === "F16" ? f32ToF16 : f32ToBf16)(values).buffer));
}

function toQ8(values: Float32Array, out: Uint8Array): void {
  const blocks = values.length / BLOCK;
  const scales = new Float32Array(blocks);
  for (let b = 0, at = 0; b < blocks; b++) {
    let largest = 0;
    for (let i = b * BLOCK; i < (b + 1) * BLOCK; i++) largest = Math.max(largest, Math.abs(values[i]!));
    const d = fround(largest / 127);
    const inverse = d === 0 ? 0 : fround(1 / d);
    scales[b] = d;
    at += 2;
    for (let i = b * BLOCK; i < (b + 1) * BLOCK; i++) {
      const x = fround(values[i]! * inverse);
      // half away from zero, as C rounds
      out[at++] = x < 0 ? -Math.floor(0.5 - x) : Math.floor(x + 0.5);
    }
  }
  const halves = f32ToF16(scales);
  for (let b = 0; b < blocks; b++) {
    out[b * 34] = halves[b]! & 255;
    out[b * 34 + 1] = halves[b]! >> 8;
  }
}
