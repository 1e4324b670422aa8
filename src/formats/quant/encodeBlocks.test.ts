import { existsSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openWeights } from "../openWeights.ts";
import { readFloat32 } from "../readFloat32.ts";
import type { BlockEncoding } from "../weightSource.ts";
import { BLOCK_CODECS } from "./blockCodecs.ts";
import { decodeBlocks } from "./decodeBlocks.ts";
import { encodeBlocks, isPlainlyEncoded, type PlainlyEncoded } from "./encodeBlocks.ts";

const goldens = join(import.meta.dirname, "../../../../shared/golden/quant");
const encodings = (Object.keys(BLOCK_CODECS) as BlockEncoding[]).filter(isPlainlyEncoded) as PlainlyEncoded[];

test("what is encoded here", () => {
  expect(encodings).toMatchInlineSnapshot(`
    [
      "Q4_0",
      "Q4_1",
      "Q5_0",
      "Q5_1",
      "Q8_0",
      "TQ1_0",
      "TQ2_0",
      "MXFP4",
    ]
  `);
});

describe.each(encodings)("%s", (encoding) => {
  test.skipIf(!existsSync(goldens))("gguf-py's bytes", async () => {
    const golden = await openWeights(join(goldens, `gguf_${encoding}.safetensors`));
    const wanted = new Uint8Array(golden.tensors.get("out.quantized")!.bytes);
    await golden.read("out.quantized", 0, wanted);
    const made = new Uint8Array(wanted.length);
    encodeBlocks(encoding, await readFloat32(golden, "in.x"), made);
    expect(Buffer.compare(made, wanted)).toBe(0);
    await golden.close();
  });

  test("values come back as near as the codes lie", () => {
    const { values, bytes } = BLOCK_CODECS[encoding];
    // of the block's span, the largest step between two codes, halved, and the scale's own rounding
    const bound =
      { Q8_0: 1 / 250, Q5_0: 1 / 30, Q5_1: 1 / 60, Q4_0: 1 / 14, Q4_1: 1 / 28, MXFP4: 1 / 3 }[encoding as string] ??
      0.51;
    const value = fc.float({ min: -1000, max: 1000, noNaN: true }).filter((x) => x === 0 || Math.abs(x) > 1e-3);
    fc.assert(
      fc.property(fc.array(value, { minLength: values, maxLength: values }), (list) => {
        const x = Float32Array.from(list);
        const out = new Uint8Array(bytes);
        encodeBlocks(encoding, x, out);
        const span = 2 * Math.max(...list.map(Math.abs));
        const back = decodeBlocks(encoding, out);
        for (const [i, v] of back.entries()) expect(Math.abs(v - x[i]!)).toBeLessThanOrEqual(bound * span + 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  test("zeros stay zeros, and half a block is a mistake of ours", () => {
    const { values, bytes } = BLOCK_CODECS[encoding];
    const out = new Uint8Array(2 * bytes).fill(77);
    encodeBlocks(encoding, new Float32Array(2 * values), out);
    expect(decodeBlocks(encoding, out).every((x) => x === 0)).toBe(true);
    expect(() => encodeBlocks(encoding, new Float32Array(values - 1), out)).toThrow(/invariant/);
  });
});
