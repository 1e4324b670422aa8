import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { decodePicture } from "../../src/formats/decodePicture.ts";
import { f32ToFp8 } from "../../src/formats/f32ToFp8.ts";
import { E2M1, E4M3, E5M2, E8M0 } from "../../src/formats/fp8.ts";
import { bf16ToF32, f16ToF32, f32ToBf16, f32ToF16 } from "../../src/formats/halfFloat.ts";
import { decodePng, encodePng, readPngText } from "../../src/formats/png.ts";
import { fromBytes } from "../../src/image/fromBytes.ts";
import { imageBatch } from "../../src/image/image.ts";
import { maskFromAlpha } from "../../src/image/maskFromAlpha.ts";
import { toBytes } from "../../src/image/toBytes.ts";
import { golden, goldenExists, goldenRoot } from "./golden.ts";

describe.skipIf(!goldenExists)("formats against golden data", () => {
  test("f32 to halves and back", async () => {
    const { tensor } = await golden("quant/f32_to_half");
    const input = tensor("in.f32");
    for (const [name, narrow, widen] of [
      ["f16", f32ToF16, f16ToF32],
      ["bf16", f32ToBf16, bf16ToF32],
    ] as const) {
      const bits = narrow(input);
      const want = tensor(`out.${name}.bits`);
      // Which NaN it is may differ.
      for (let i = 0; i < input.length; i++)
        if (!Number.isNaN(input[i]!)) expect(bits[i], `${name} ${input[i]}`).toBe(want[i]);
      expect(widen(bits)).toEqual(tensor(`out.${name}.f32`));
    }
  });

  test("halves to f32", async () => {
    const { tensor } = await golden("quant/half_to_f32");
    const bits = Uint16Array.from(tensor("in.bits"));
    expect(f16ToF32(bits)).toEqual(tensor("out.f16"));
    expect(bf16ToF32(bits)).toEqual(tensor("out.bf16"));
  });

  test("eight-bit floats and fp4", async () => {
    const { tensor } = await golden("quant/fp8_tables");
    expect(E4M3).toEqual(tensor("out.e4m3fn"));
    expect(E5M2).toEqual(tensor("out.e5m2"));
    expect(E8M0).toEqual(tensor("out.e8m0fnu"));
    expect(E2M1).toEqual(tensor("out.e2m1"));
  });

  test.each([
    ["e4m3fn", "F8_E4M3", E4M3],
    ["e5m2", "F8_E5M2", E5M2],
  ] as const)("f32 to %s", async (name, encoding, table) => {
    const { tensor } = await golden("quant/f32_to_fp8");
    const input = tensor(`in.${name}`);
    for (const [key, saturate] of [
      ["bits", false],
      ["saturated_bits", true],
    ] as const) {
      const codes = f32ToFp8(encoding, input, saturate);
      const want = tensor(`out.${name}.${key}`);
      for (let i = 0; i < input.length; i++)
        // Which NaN it is may differ.
        if (Number.isNaN(input[i]!)) expect(table[codes[i]!]).toBeNaN();
        else expect(codes[i], `${key} ${input[i]}`).toBe(want[i]);
    }
  });

  test("SaveImage's bytes", async () => {
    const { tensor } = await golden("nodes/save_image_bytes");
    const x = tensor("in.x");
    const bytes = toBytes(imageBatch({ width: x.length, height: 1, channels: 1, batch: 1 }, x), 0);
    expect([...bytes]).toEqual([...tensor("out.bytes")]);
    const grey = { width: x.length, height: 1, channels: 1, max: 255, data: bytes } as const;
    expect(fromBytes(grey).data.filter((_, i) => i % 3 === 0)).toEqual(tensor("out.reloaded"));
  });

  test.each(["more-keys", "non-latin", "prompt-only"])("text of ComfyUI's %s.png", async (name) => {
    const folder = path.join(goldenRoot, "api/png");
    const { tEXt } = JSON.parse(await readFile(path.join(folder, `${name}.json`), "utf8")) as {
      tEXt: { keyword: string; text: string }[];
    };
    const want = Object.fromEntries(tEXt.map(({ keyword, text }) => [keyword, text]));
    const bytes = await readFile(path.join(folder, `${name}.png`));
    expect(readPngText(bytes)).toEqual(want);
    // And written by us it is stored the same.
    const { width, height, channels, data } = decodePng(bytes);
    const again = encodePng({ width, height, channels, data: data as Uint8Array }, want);
    expect(readPngText(again)).toEqual(want);
    expect(decodePng(again).data).toEqual(data);
  });
});

describe.skipIf(!goldenExists)("LoadImage's pictures", async () => {
  const folder = path.join(goldenRoot, "nodes/load_image");
  let tensor: (name: string) => Float32Array;
  beforeAll(async () => {
    tensor = (await golden("nodes/load_image")).tensor;
  });
  const files = goldenExists ? readdirSync(folder) : [];

  test.each(files)("%s", async (file) => {
    const pixels = await decodePicture(await readFile(path.join(folder, file)), file);
    // Grey and 16 bits went through a float conversion there; the case says how far off they are.
    const tolerance = /^(rgba?8|rgb8_text|palette|bilevel)/.test(file) ? 1e-6 : 0.006;
    for (const [name, got] of [
      ["image", fromBytes(pixels).data],
      ["mask", maskFromAlpha(pixels).data],
    ] as const) {
      const want = tensor(`out.${file}.${name}`);
      expect(got.length, name).toBe(want.length);
      for (let i = 0; i < want.length; i++)
        expect(Math.abs(got[i]! - want[i]!), `${name} ${i}`).toBeLessThanOrEqual(tolerance);
    }
  });

  test("where only a PNG will do, others say what they are", async () => {
    const bytes = await readFile(path.join(folder, "rgb.bmp"));
    const message = "rgb.bmp: is a BMP picture; PNG is supported";
    expect(() => decodePng(bytes, "rgb.bmp")).toThrow(expect.objectContaining({ code: "unsupported-format", message }));
  });
});
