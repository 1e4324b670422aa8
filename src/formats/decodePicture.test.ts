import { expect, test } from "vitest";
import { decodeBmp } from "./decodeBmp.ts";
import { decodePicture } from "./decodePicture.ts";
import { wasmOf } from "./pictureCodec.ts";
import { encodePng } from "./png.ts";

/** A picture whose colours change slowly, as photographs' do. */
const SIZE = { width: 24, height: 16 };
const rgba = new Uint8ClampedArray(SIZE.width * SIZE.height * 4).map((_, i) => {
  const [x, y] = [(i >> 2) % SIZE.width, Math.floor((i >> 2) / SIZE.width)];
  return [10 * x, 15 * y, 5 * (x + y), 255][i & 3]!;
});
const picture = { ...SIZE, data: rgba } as never;
const jpeg = async () => {
  const { default: encode, init } = await import("@jsquash/jpeg/encode.js");
  await init(await wasmOf("@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm"));
  return new Uint8Array(await encode(picture, { quality: 95 }));
};
const webp = async (lossless: 0 | 1) => {
  const { default: encode, init } = await import("@jsquash/webp/encode.js");
  await init(await wasmOf("@jsquash/webp/codec/enc/webp_enc.wasm"));
  return new Uint8Array(await encode(picture, { quality: 95, lossless, exact: 1 }));
};
const close = (data: ArrayLike<number>, channels: number, most: number) => {
  for (let i = 0; i < SIZE.width * SIZE.height; i++)
    for (let c = 0; c < 3; c++) expect(Math.abs(data[channels * i + c]! - rgba[4 * i + c]!)).toBeLessThanOrEqual(most);
};

test("PNG, by its bytes and not its name", async () => {
  const png = encodePng({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) });
  expect(await decodePicture(png, "a.jpg")).toMatchObject({ width: 1, channels: 3, data: Uint8Array.of(1, 2, 3) });
});

test("JPEG: RGB, near the values; turned as its EXIF says", async () => {
  const bytes = await jpeg();
  const pixels = await decodePicture(bytes, "a.jpg");
  expect(pixels).toMatchObject({ ...SIZE, channels: 3, max: 255 });
  close(pixels.data, 3, 24);
  // orientation 6: it was held on its side
  const exif = Buffer.from("ffe1002245786966000049492a00080000000100120103000100000006000000000000000000", "hex");
  exif.writeUInt16BE(exif.length - 2, 2);
  const turned = await decodePicture(Buffer.concat([bytes.subarray(0, 2), exif, bytes.subarray(2)]), "b.jpg");
  expect(turned).toMatchObject({ width: SIZE.height, height: SIZE.width, channels: 3 });
});

test("WebP: exact where it is lossless, and then with alpha; lossy ones near", async () => {
  const exact = await decodePicture(await webp(1), "a.webp");
  expect(exact).toMatchObject({ ...SIZE, channels: 4, max: 255 });
  expect([...exact.data]).toEqual([...rgba]);
  const lossy = await decodePicture(await webp(0), "b.webp");
  expect(lossy).toMatchObject({ ...SIZE, channels: 3 });
  close(lossy.data, 3, 32);
});

interface BmpOptions {
  readonly palette?: readonly number[];
  readonly masks?: readonly number[];
  readonly down?: boolean;
  readonly compression?: number;
}

/** A BMP of three columns; `masks` make it one with bit fields. */
function bmp(bits: number, rows: readonly (readonly number[])[], options: BmpOptions = {}) {
  const { palette = [], masks = [], down = false, compression = masks.length > 0 ? 3 : 0 } = options;
  const stride = Math.ceil((3 * bits) / 32) * 4;
  const start = 54 + 4 * palette.length + 4 * masks.length;
  const out = Buffer.alloc(start + stride * rows.length);
  out.write("BM", "latin1");
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(start, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(3, 18);
  out.writeInt32LE(down ? -rows.length : rows.length, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(bits, 28);
  out.writeUInt32LE(compression, 30);
  for (const [i, value] of [...masks, ...palette].entries()) out.writeUInt32LE(value, 54 + 4 * i);
  for (const [i, row] of rows.entries()) out.set(row, start + stride * (down ? i : rows.length - 1 - i));
  return out;
}
const black = [0, 0, 0];

test.each<[string, Buffer, number[]]>([
  [
    "24 bits",
    bmp(24, [
      [3, 2, 1, 6, 5, 4, 9, 8, 7],
      [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, ...black, ...black, ...black],
  ],
  ["24 bits from the top", bmp(24, [[3, 2, 1, 6, 5, 4, 9, 8, 7]], { down: true }), [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ["32 bits", bmp(32, [[3, 2, 1, 9, 6, 5, 4, 9, 0, 0, 0, 0]]), [1, 2, 3, 4, 5, 6, ...black]],
  ["16 bits", bmp(16, [[0xff, 0x7f, 0x1f, 0, 0, 0x7c]]), [255, 255, 255, 0, 0, 255, 255, 0, 0]],
  [
    "16 bits by masks",
    bmp(16, [[0xe0, 0x07, 0, 0xf8, 0, 0]], { masks: [0xf800, 0x07e0, 0x001f, 0] }),
    [0, 255, 0, 255, 0, 0, ...black],
  ],
  [
    "a palette of 8 bits",
    bmp(8, [[1, 0, 1]], { palette: [0x010203, 0xfffefd] }),
    [255, 254, 253, 1, 2, 3, 255, 254, 253],
  ],
  [
    "a palette of 4 bits",
    bmp(4, [[0x10, 0x10]], { palette: [0x010203, 0xfffefd] }),
    [255, 254, 253, 1, 2, 3, 255, 254, 253],
  ],
  ["a palette of 1 bit", bmp(1, [[0b01000000]], { palette: [0x010203, 0xfffefd] }), [1, 2, 3, 255, 254, 253, 1, 2, 3]],
])("BMP: %s", async (_, bytes, want) => {
  const { data, channels } = await decodePicture(bytes, "a.bmp");
  expect(channels).toBe(3);
  expect([...data]).toEqual(want);
});

test("BMP with alpha by its masks", () => {
  const bytes = bmp(32, [[1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 255]], {
    masks: [0xff0000, 0xff00, 0xff, 0xff000000],
    compression: 6,
  });
  expect(decodeBmp(bytes)).toMatchObject({ channels: 4, data: Uint8Array.of(3, 2, 1, 4, 7, 6, 5, 8, 0, 0, 0, 255) });
});

/** The same bytes with others written over them. */
const patched = (bytes: Uint8Array, at: number, ...values: number[]) => {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
};

test("sizes are checked before anything is decoded", async () => {
  const lossless = await webp(1);
  await expect(decodePicture(patched(lossless, 21, 0xff, 0xff, 0xff, 0x0f), "a.webp")).rejects.toMatchObject({
    code: "too-large",
    message: "a.webp: has 16384 x 16384 pixels, the limit is 67108864 in all",
  });
  const bytes = await jpeg();
  const frame = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1]! >= 0xc0 && bytes[i + 1]! <= 0xc2);
  await expect(decodePicture(patched(bytes, frame + 5, 255, 255, 255, 255), "a.jpg")).rejects.toMatchObject({
    code: "too-large",
  });
  expect(() => decodeBmp(patched(bmp(24, [[]]), 18, 0xff, 0xff, 0xff, 0x7f), "a.bmp")).toThrow(
    expect.objectContaining({ code: "too-large" }),
  );
  expect(() => decodeBmp(patched(bmp(24, [[]]), 18, 0, 0, 0, 0), "a.bmp")).toThrow(
    expect.objectContaining({ code: "corrupt-file" }),
  );
});

test("a canvas that is not the picture's own size is refused: the decoder goes by the picture", async () => {
  const lossless = Buffer.from(await webp(1));
  const canvas = Buffer.alloc(18);
  canvas.write("VP8X", "latin1");
  canvas.writeUInt32LE(10, 4);
  const file = Buffer.concat([lossless.subarray(0, 12), canvas, lossless.subarray(12)]);
  await expect(decodePicture(file, "a.webp")).rejects.toMatchObject({
    code: "corrupt-file",
    message: "a.webp: says that it is 1 x 1 and 24 x 16 pixels",
  });
  file[20] = 0x02;
  await expect(decodePicture(file, "a.webp")).rejects.toMatchObject({
    code: "unsupported-format",
    message: "a.webp: is an animated WebP; still ones are read",
  });
});

test("files that are cut off or spoiled are errors, and the next one decodes", async () => {
  for (const bytes of [await jpeg(), await webp(0), await webp(1)]) {
    for (const length of [14, 40, Math.floor(bytes.length / 3)]) {
      const cut = bytes.subarray(0, length);
      // a JPEG that ends early still has its first rows, as everywhere
      const result = await decodePicture(cut, "cut").catch((error) => error.code);
      if (typeof result === "string") expect(result).toBe("corrupt-file");
      else expect(result).toMatchObject(SIZE);
    }
  }
  await expect(decodePicture(patched(await webp(0), 20, ...new Array(40).fill(0)), "a.webp")).rejects.toMatchObject({
    code: "corrupt-file",
  });
  expect((await decodePicture(await webp(1), "b.webp")).width).toBe(SIZE.width);
});

test.each([
  ["a GIF picture", Buffer.from("GIF89a........")],
  ["no picture that is known", Buffer.from([1, 2, 3, 4])],
  ["no picture that is known", Buffer.alloc(0)],
])("%s is told what is read", async (what, bytes) => {
  await expect(decodePicture(bytes, "x.png")).rejects.toMatchObject({
    code: "unsupported-format",
    message: `x.png: is ${what}; PNG, JPEG, WebP and BMP are read`,
  });
});

test.each([
  ["run lengths", bmp(8, [[0, 0]], { palette: [0], compression: 1 }), "unsupported-format"],
  ["a palette that ends early", bmp(8, [[5, 0, 0]], { palette: [0] }), "corrupt-file"],
  ["rows that end early", bmp(24, [[1], [2]]).subarray(0, 60), "corrupt-file"],
  ["masks in pieces", bmp(16, [[0, 0]], { masks: [0xf0f0, 0x0f00, 0x000f, 0] }), "corrupt-file"],
])("BMP with %s", (_, bytes, code) =>
  expect(() => decodeBmp(bytes, "a.bmp")).toThrow(expect.objectContaining({ code })),
);
