import { readdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { GGUF_TYPES } from "../../src/formats/gguf/ggufTypes.ts";
import type { BlockEncoding } from "../../src/formats/weightSource.ts";
import { residentForm } from "../../src/runtime/residentForm.ts";
import { cast, DTYPES, getRows, mulMat } from "../../src/tensor/index.ts";
import { availableBackends } from "../backends.ts";
import type { OpCase } from "../ops/opCase.ts";
import { indices, random } from "../ops/operands.ts";
import { runCase } from "../ops/runCase.ts";
import { golden, goldenExists, goldenRoot } from "./golden.ts";

/** Relative RMS error of a product whose activations ggml rounds to int8. Source: ggml.md, 6e-3; times 3. */
const NATIVE = 2e-2;
const TOKENS = 3;

const files = goldenExists ? readdirSync(path.join(goldenRoot, "quant")) : [];
const types = files.flatMap((file) => /^gguf_([A-Z]+\d\w*)\.json$/.exec(file)?.[1] ?? []);
const blocks = types.filter((name) => !["F32", "F16", "BF16"].includes(name)) as BlockEncoding[];

/** GGUF's blocks on the compute library, as a model's matrices are: held to the goldens' values. */
describe.skipIf(!goldenExists)("block encodings on the CPU", async () => {
  const device = await (await availableBackends()).find(({ name }) => name === "cpu")!.open();

  const run = (test: Pick<OpCase, "op" | "inputs" | "shape" | "build">) =>
    runCase(device, { name: test.op, castWeights: false, expected: () => Number.NaN, ...test });

  test("all of the goldens' types are there", () => expect(blocks.length).toBe(23));

  test.each(blocks)("%s: as f32 bit for bit, rows too; products natively and in f32", async (encoding) => {
    const { tensor, params } = await golden(`quant/gguf_${encoding}`);
    const shape = [params["rows"] as number, params["cols"] as number] as const;
    const [rows, cols] = shape;
    const bytes = Uint8Array.from(tensor("in.bytes"));
    const values = tensor("out.f32");
    const entry = { name: "w", encoding, shape, offset: 0, bytes: bytes.length };
    const form = residentForm("m.gguf", { name: "w", entry, role: "matrix", shape });
    expect(form).toMatchObject({ from: "same", bytes: bytes.length });
    expect(DTYPES[form.dtype].ggml).toBe([...GGUF_TYPES].find(([, type]) => type.encoding === encoding)![0]);

    const w = {
      kind: "weight",
      dtype: form.dtype,
      values: { shape, bytes, numbers: Float64Array.from(values) },
    } as const;
    const exact = await run({ op: "cast", inputs: { w }, shape, build: ({ w }) => cast(w!, "f32") });
    expect(new Uint8Array(exact.buffer)).toEqual(new Uint8Array(values.buffer));
    const some = { kind: "carried", dtype: "i32", values: indices([2, 0]) } as const;
    const gathered = await run({
      op: "getRows",
      inputs: { w, some },
      shape: [2, cols],
      build: ({ w, some }) => getRows(w!, some!),
    });
    expect(gathered).toEqual(Float32Array.of(...values.subarray(2 * cols, 3 * cols), ...values.subarray(0, cols)));

    const next = random(1);
    const x = Float32Array.from({ length: TOKENS * cols }, () => next() * 2 - 1);
    const input = {
      kind: "carried",
      dtype: "f32",
      values: { shape: [TOKENS, cols], bytes: new Uint8Array(x.buffer), numbers: Float64Array.from(x) },
    } as const;
    for (const castWeights of [true, false]) {
      const y = await run({
        op: "mulMat",
        inputs: { w, x: input },
        shape: [TOKENS, rows],
        build: ({ w, x }) => mulMat(castWeights ? cast(w!, "f32") : w!, x!),
      });
      // row by row, since the scales of the goldens' rows lie far apart
      for (let row = 0; row < rows; row++) {
        let [error, size] = [0, 0];
        for (let t = 0; t < TOKENS; t++) {
          let [sum, squares] = [0, 0];
          for (let i = 0; i < cols; i++) {
            const product = values[row * cols + i]! * x[t * cols + i]!;
            sum += product;
            squares += product * product;
          }
          error += (y[t * rows + row]! - sum) ** 2;
          size += squares;
        }
        expect(Math.sqrt(error / size), `row ${row}`).toBeLessThan(castWeights ? 1e-6 : NATIVE);
      }
    }
  });
});
