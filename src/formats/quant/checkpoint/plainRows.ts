import { f32ToFp8 } from "../../f32ToFp8.ts";
import { toFloat32 } from "../../toFloat32.ts";
import { recodeAffine } from "./recodeAffine.ts";
import { recodeBlockScaled } from "./recodeFp4.ts";
import { recodeFp8 } from "./recodeFp8.ts";
import { recodeCodebook, recodeInt4, recodeInt8 } from "./recodeInts.ts";
import type { RecodeSpec } from "./recodeSpec.ts";

/**
 * `recodeRows` in plain loops, for whatever there is: what kernels are held to, what they leave to it (rows that are no whole blocks, exact
 * forms, odd scales), and what finds the value that is wrong. Throws `BadLayer`.
 */
export function plainRows(
  spec: RecodeSpec,
  parts: readonly Uint8Array[],
  first: number,
  count: number,
  out: Uint8Array,
): void {
  const { stored, to, columns, storedColumns } = spec;
  const data = parts[0]!;
  switch (stored.kind) {
    case "fp8":
      recodeFp8(stored.data, stored.code, cut(data, columns, storedColumns), to, out);
      break;
    case "int8":
      recodeInt8(cut(data, columns, storedColumns), to, out);
      break;
    case "int4":
      recodeInt4(cut(data, columns / 2, storedColumns / 2), to, out);
      break;
    case "cast": {
      // rows at a time: two more copies of the values live meanwhile
      const codes = f32ToFp8(stored.code, toFloat32(stored.from, data));
      recodeFp8(stored.data, stored.code, codes, to, out);
      break;
    }
    case "codebook4":
      recodeCodebook(stored, [data, parts[1]!, parts[2]!], stored.group, to, out);
      break;
    case "nvfp4":
    case "mxfp8":
      recodeBlockScaled(spec, [data, parts[1]!], first, count, out);
      break;
    case "affine":
      recodeAffine(spec, parts, first, out);
      break;
  }
}

/** Rows without their padding. */
export function cut(bytes: Uint8Array, rowBytes: number, storedBytes: number): Uint8Array {
  if (rowBytes === storedBytes) return bytes;
  const rows = bytes.length / storedBytes;
  const out = new Uint8Array(rows * rowBytes);
  for (let r = 0; r < rows; r++) out.set(bytes.subarray(r * storedBytes, r * storedBytes + rowBytes), r * rowBytes);
  return out;
}
