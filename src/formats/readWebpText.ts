import { CorruptFile, TooLarge, UnsupportedFormat } from "./errors.ts";

/** Of one picture's EXIF: the largest workflows have a few megabytes. */
const MAX_TEXT = 64 * 2 ** 20;
const ASCII = 2;

/**
 * The texts that ComfyUI puts into a WebP, by keyword: EXIF strings `prompt:{...}` and `workflow:{...}`, whatever their tags. Pixels are not
 * decoded, other tags are passed over. Throws UnsupportedFormat (no WebP), CorruptFile, TooLarge.
 * Source: RFC 9649, 2.7 (chunks); TIFF 6.0, section 2 (header, directory).
 */
export function readWebpText(bytes: Uint8Array, path = "picture"): Readonly<Record<string, string>> {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.toString("latin1", 0, 4) !== "RIFF" || file.toString("latin1", 8, 12) !== "WEBP") {
    throw new UnsupportedFormat(path, "is no WebP");
  }
  const found = new Map<string, string>();
  for (let at = 12; at + 8 <= file.length; ) {
    const size = file.readUInt32LE(at + 4);
    const end = at + 8 + size;
    if (end > file.length) throw new CorruptFile(path, `a chunk of ${size} bytes ends after the file`);
    if (file.toString("latin1", at, at + 4) === "EXIF") {
      const exif = file.subarray(at + 8, end);
      // Some writers put JPEG's marker in front.
      const tiff = exif.toString("latin1", 0, 6) === "Exif\0\0" ? exif.subarray(6) : exif;
      for (const text of strings(tiff, path)) {
        const colon = text.indexOf(":");
        if (colon > 0 && text[colon + 1] === "{") found.set(text.slice(0, colon), text.slice(colon + 1));
      }
    }
    // Chunks are padded to even lengths.
    at = end + (size % 2);
  }
  return Object.fromEntries(found);
}

/** The strings of the first directory. */
function* strings(tiff: Buffer, path: string): Iterable<string> {
  const order = tiff.toString("latin1", 0, 2);
  if (tiff.length < 8 || (order !== "II" && order !== "MM")) throw new CorruptFile(path, "its EXIF has no TIFF header");
  const u16 = (at: number) => (order === "II" ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const u32 = (at: number) => (order === "II" ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const start = u32(4);
  if (start + 2 > tiff.length) throw new CorruptFile(path, "its EXIF directory lies outside of it");
  const count = u16(start);
  if (start + 2 + 12 * count > tiff.length) throw new CorruptFile(path, `its EXIF ends before its ${count} entries`);
  let left = MAX_TEXT;
  for (let i = 0; i < count; i++) {
    const entry = start + 2 + 12 * i;
    if (u16(entry + 2) !== ASCII) continue;
    const length = u32(entry + 4);
    // Four bytes fit into the entry itself.
    const from = length <= 4 ? entry + 8 : u32(entry + 8);
    if (from + length > tiff.length)
      throw new CorruptFile(path, `an EXIF string of ${length} bytes lies outside of it`);
    if ((left -= length) < 0) throw new TooLarge(path, `holds more than ${MAX_TEXT} bytes of text`);
    yield tiff.toString("utf8", from, from + length).replace(/\0+$/, "");
  }
}
