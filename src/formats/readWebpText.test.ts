import fc from "fast-check";
import { expect, test } from "vitest";
import { FormatError } from "./errors.ts";
import { readWebpText } from "./readWebpText.ts";

/** A WebP of chunks alone: nothing decodes its pixels. */
const webp = (...chunks: [string, Buffer][]) => {
  const body = chunks.map(([type, data]) => {
    const head = Buffer.alloc(8);
    head.write(type, "latin1");
    head.writeUInt32LE(data.length, 4);
    return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
  });
  const head = Buffer.from("RIFF\0\0\0\0WEBP", "latin1");
  head.writeUInt32LE(4 + Buffer.concat(body).length, 4);
  return Buffer.concat([head, ...body]);
};
const exif = (order: "II" | "MM", entries: readonly (readonly [tag: number, type: number, text: string])[]) => {
  const tiff = Buffer.alloc(8 + 2 + 12 * entries.length + 4);
  const u16 = (value: number, at: number) =>
    order === "II" ? tiff.writeUInt16LE(value, at) : tiff.writeUInt16BE(value, at);
  const u32 = (value: number, at: number) =>
    order === "II" ? tiff.writeUInt32LE(value, at) : tiff.writeUInt32BE(value, at);
  tiff.write(order, "latin1");
  u16(42, 2);
  u32(8, 4);
  u16(entries.length, 8);
  const texts: Buffer[] = [];
  let end = tiff.length;
  for (const [i, [tag, type, text]] of entries.entries()) {
    const data = Buffer.from(`${text}\0`);
    const at = 10 + 12 * i;
    u16(tag, at);
    u16(type, at + 2);
    u32(data.length, at + 4);
    u32(end, at + 8);
    texts.push(data);
    end += data.length;
  }
  return Buffer.concat([tiff, ...texts]);
};

const entries = [
  [0x010f, 2, 'workflow:{"nodes": []}'],
  [0x0110, 2, 'prompt:{"1": {}}'],
  [0x0131, 2, "Paint: 3"],
  [0x9286, 7, 'prompt:{"no": "string"}'],
] as const;
const texts = { workflow: '{"nodes": []}', prompt: '{"1": {}}' };

test.each(["II", "MM"] as const)("ComfyUI's texts, %s", (order) => {
  expect(readWebpText(webp(["VP8L", Buffer.alloc(3)], ["EXIF", exif(order, entries)]))).toEqual(texts);
});

test("with JPEG's marker in front", () => {
  const marked = Buffer.concat([Buffer.from("Exif\0\0", "latin1"), exif("II", entries)]);
  expect(readWebpText(webp(["EXIF", marked]))).toEqual(texts);
});

test("without EXIF there is no text", () => expect(readWebpText(webp(["VP8L", Buffer.alloc(4)]))).toEqual({}));

const whole = webp(["VP8L", Buffer.alloc(3)], ["EXIF", exif("II", entries)]);
test.each([
  ["no WebP", Buffer.from("RIFF\0\0\0\0WAVE"), "unsupported-format"],
  ["cut in a chunk", whole.subarray(0, whole.length - 30), "corrupt-file"],
  ["no TIFF", webp(["EXIF", Buffer.from("nonsense")]), "corrupt-file"],
  ["a directory outside", webp(["EXIF", Buffer.from("II*\0\xff\xff\xff\xff", "latin1")]), "corrupt-file"],
  ["too few entries", webp(["EXIF", exif("II", entries).subarray(0, 20)]), "corrupt-file"],
])("%s", (_, bytes, code) => expect(() => readWebpText(bytes)).toThrow(expect.objectContaining({ code })));

test("whatever bytes change, it is read or refused by name", () => {
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, length) => {
      const bytes = Buffer.from(whole.subarray(0, length));
      if (at < length) bytes[at] = value;
      try {
        readWebpText(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 500 },
  );
});
