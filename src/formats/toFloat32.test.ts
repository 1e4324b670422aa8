import { expect, test } from "vitest";
import { toFloat32 } from "./toFloat32.ts";

test.each([
  ["F32", Float32Array.of(1.5, -2), [1.5, -2]],
  ["F64", Float64Array.of(0.1, -2), [Math.fround(0.1), -2]],
  ["F16", Uint16Array.of(0x3c00, 0xc000), [1, -2]],
  ["BF16", Uint16Array.of(0x3f80, 0xc000), [1, -2]],
  ["F8_E4M3", Uint8Array.of(0x38, 0x7e, 0xfe), [1, 448, -448]],
  ["F8_E5M2", Uint8Array.of(0x3c, 0x7b, 0xfc), [1, 57344, Number.NEGATIVE_INFINITY]],
  ["F8_E8M0", Uint8Array.of(127, 128), [1, 2]],
  ["F4", Uint8Array.of(0x72, 0x9f), [1, 6, -6, -0.5]],
  ["I64", BigInt64Array.of(-5n, 2n ** 40n), [-5, 2 ** 40]],
  ["U64", BigUint64Array.of(2n ** 63n), [2 ** 63]],
  ["I32", Int32Array.of(-7), [-7]],
  ["U32", Uint32Array.of(2 ** 31), [2 ** 31]],
  ["I16", Int16Array.of(-7), [-7]],
  ["U16", Uint16Array.of(65535), [65535]],
  ["I8", Int8Array.of(-7), [-7]],
  ["U8", Uint8Array.of(200), [200]],
  ["BOOL", Uint8Array.of(0, 1), [0, 1]],
] as const)("%s, from any place in a buffer", (encoding, values, want) => {
  const bytes = new Uint8Array(values.buffer);
  const odd = new Uint8Array(bytes.length + 3);
  odd.set(bytes, 1);
  expect([...toFloat32(encoding, odd.subarray(1, 1 + bytes.length))]).toEqual(want);
});
