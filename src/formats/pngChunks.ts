import { crc32 } from "node:zlib";
import { CorruptFile, UnsupportedFormat } from "./errors.ts";
import { FILE_KIND_BYTES, fileKind } from "./fileKind.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

export interface PngChunk {
  readonly type: string;
  /** A view, not a copy. */
  readonly data: Uint8Array;
}

/**
 * The chunks of a PNG up to IEND, each inside the file and its CRC right; the first is IHDR. What follows IEND is not looked at.
 * Throws UnsupportedFormat (another kind of file: it says which), CorruptFile. Source: PNG 3rd edition, section 5.
 */
export function* pngChunks(bytes: Uint8Array, path: string): Generator<PngChunk> {
  if (!SIGNATURE.every((byte, i) => bytes[i] === byte)) {
    const kind = fileKind(bytes.subarray(0, FILE_KIND_BYTES));
    throw new UnsupportedFormat(path, kind ? `is ${kind}; PNG is supported` : "is no PNG picture");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = SIGNATURE.length, first = true; ; first = false) {
    if (at + 12 > bytes.length)
      throw new CorruptFile(path, `ends at byte ${bytes.length}, before its last chunk: is it complete?`);
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (!/^[A-Za-z]{4}$/.test(type)) throw new CorruptFile(path, `has no chunk at byte ${at}`);
    const end = at + 8 + length;
    if (end + 4 > bytes.length)
      throw new CorruptFile(
        path,
        `chunk ${type} has ${length} bytes, ${Math.max(0, bytes.length - at - 12)} are there: is it complete?`,
      );
    if (first && type !== "IHDR") throw new CorruptFile(path, `starts with chunk ${type}, not IHDR`);
    if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end))
      throw new CorruptFile(path, `chunk ${type} at byte ${at} has a wrong checksum`);
    if (type === "IEND") return;
    yield { type, data: bytes.subarray(at + 8, end) };
    at = end + 4;
  }
}
