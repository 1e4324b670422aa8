const starts = (bytes: Uint8Array, magic: string, at = 0): boolean => {
  for (let i = 0; i < magic.length; i++) if (bytes[at + i] !== magic.charCodeAt(i)) return false;
  return true;
};

/** In the order of trial. Magic bytes as Latin-1; what people hand over instead of weights or pictures, mostly by a wrong download. */
const KINDS: readonly (readonly [kind: string, test: (bytes: Uint8Array) => boolean])[] = [
  ["a PNG picture", (b) => starts(b, "\x89PNG\r\n\x1a\n")],
  ["a JPEG picture", (b) => starts(b, "\xff\xd8\xff")],
  ["a WebP picture", (b) => starts(b, "RIFF") && starts(b, "WEBP", 8)],
  ["a GIF picture", (b) => starts(b, "GIF87a") || starts(b, "GIF89a")],
  ["a TIFF picture", (b) => starts(b, "II*\0") || starts(b, "MM\0*")],
  ["an AVIF or HEIF picture", (b) => starts(b, "ftypavi", 4) || starts(b, "ftyphei", 4) || starts(b, "ftypmif1", 4)],
  ["a JPEG XL picture", (b) => starts(b, "\xff\x0a") || starts(b, "\0\0\0\x0cJXL ")],
  ["a video (MP4)", (b) => starts(b, "ftyp", 4)],
  ["a GGUF file", (b) => starts(b, "GGUF")],
  ["an old GGML file", (b) => starts(b, "lmgg") || starts(b, "tjgg") || starts(b, "fmgg")],
  ["a zip archive (a PyTorch pickle checkpoint, .pt or .ckpt, is one)", (b) => starts(b, "PK\x03\x04")],
  ["a Python pickle (an old PyTorch checkpoint)", (b) => b[0] === 0x80 && b[1]! >= 2 && b[1]! <= 5],
  ["a gzip archive", (b) => starts(b, "\x1f\x8b")],
  ["a Git LFS pointer (the file itself was not downloaded)", (b) => starts(b, "version https://git-lfs")],
  ["a web page", (b) => /^\s*<(!doctype|html|head|\?xml)/i.test(text(b))],
  ["a BMP picture", (b) => starts(b, "BM") && b.length > 14 && b[6] === 0 && b[7] === 0 && b[8] === 0 && b[9] === 0],
  ["a JSON file", (b) => /^\s*[{[]\s*["{[\]}]/.test(text(b))],
  ["a text file", (b) => b.length > 0 && /^[\t\n\r\x20-\x7e]+$/.test(text(b))],
];

const text = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 64));

/** Bytes of a file's start that `fileKind` looks at. */
export const FILE_KIND_BYTES = 64;

/** What a file is by its first bytes, with its article ("a GGUF file"), or `null`. A guess for messages; nothing is decided by it. */
export function fileKind(start: Uint8Array): string | null {
  return KINDS.find(([, test]) => test(start))?.[0] ?? null;
}
