import { expect, test } from "vitest";
import { BLOCK_CODECS } from "../formats/quant/blockCodecs.ts";
import type { BlockEncoding, Encoding } from "../formats/weightSource.ts";
import type { Role } from "../models/model.ts";
import { DTYPES } from "../tensor/dtype.ts";
import { UnsupportedEncodingError } from "./errors.ts";
import { residentForm } from "./residentForm.ts";

const form = (encoding: Encoding, role: Role, shape: readonly number[]) =>
  residentForm("m.gguf", { name: "w", entry: { name: "w", encoding, shape, offset: 0, bytes: 0 }, role, shape });
const encodings = Object.keys(BLOCK_CODECS) as BlockEncoding[];

test.each(encodings)("%s: a matrix stays as it is; vectors and kernels become f32", (encoding) => {
  const { values, bytes } = BLOCK_CODECS[encoding];
  const matrix = form(encoding, "matrix", [3, 2 * values]);
  expect(matrix).toMatchObject({ from: "same", bytes: 6 * bytes });
  expect(DTYPES[matrix.dtype]).toMatchObject({ block: values, bytes });
  for (const role of ["vector", "conv"] as const)
    expect(form(encoding, role, [values])).toEqual({
      dtype: "f32",
      from: encoding,
      shape: [values],
      bytes: 4 * values,
    });
});

test("a matrix whose rows are no whole blocks becomes f32", () =>
  expect(form("Q4_K", "matrix", [128, 6])).toEqual({
    dtype: "f32",
    from: "Q4_K",
    shape: [128, 6],
    bytes: 128 * 6 * 4,
  }));

test("what is not computed with is named, with what is", () => {
  expect(() => form("I32", "matrix", [4, 4])).toThrow(UnsupportedEncodingError);
  expect(() => form("I32", "matrix", [4, 4])).toThrow(/w is stored as I32; supported are F32, F16, BF16, Q4_0, /);
});
