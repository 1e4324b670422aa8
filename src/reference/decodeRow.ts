import { DTYPES, type DType } from "../tensor/dtype.ts";
import { decodeBf16, decodeF16 } from "./halfFloat.ts";

/** `count` values from byte `offset` on, `stride` bytes apart (blocks for block encodings), into `out` from `at` on. */
type Decode = (
  bytes: Uint8Array<ArrayBuffer>,
  offset: number,
  stride: number,
  count: number,
  out: Float64Array,
  at: number,
) => void;

/** A half's number by its 16 bits: much faster than taking it apart each time. */
let halves: Float64Array | undefined;
const f16Table = (): Float64Array => (halves ??= Float64Array.from({ length: 65536 }, (_, half) => decodeF16(half)));

const q8_0: Decode = (bytes, offset, stride, count, out, at) => {
  const table = f16Table();
  for (let block = 0; block < count / 32; block++) {
    const from = offset + block * stride;
    const scale = table[bytes[from]! | (bytes[from + 1]! << 8)]!;
    for (let i = 0; i < 32; i++) out[at + block * 32 + i] = scale * ((bytes[from + 2 + i]! << 24) >> 24);
  }
};

const q4_0: Decode = (bytes, offset, stride, count, out, at) => {
  const table = f16Table();
  for (let block = 0; block < count / 32; block++) {
    const from = offset + block * stride;
    const scale = table[bytes[from]! | (bytes[from + 1]! << 8)]!;
    for (let i = 0; i < 16; i++) {
      const pair = bytes[from + 2 + i]!;
      out[at + block * 32 + i] = scale * ((pair & 15) - 8);
      out[at + block * 32 + 16 + i] = scale * ((pair >> 4) - 8);
    }
  }
};

/** Writes the values of the block that starts at byte `at` to `out` from `to` on. */
export type BlockDecoder = (block: Uint8Array, at: number, out: Float32Array, to: number) => void;

const lent = new Map<string, BlockDecoder>();

/** Decoders of further block encodings, from whoever has them: this room imports none. The values are gguf-py's own, by the goldens. */
export function lendDecoders(decoders: Readonly<Partial<Record<DType, BlockDecoder>>>): void {
  for (const [dtype, decoder] of Object.entries(decoders)) lent.set(dtype, decoder);
}

const byLent =
  (dtype: DType): Decode =>
  (bytes, offset, stride, count, out, at) => {
    const decoder = lent.get(dtype);
    if (!decoder) throw new Error(`the reference backend was lent no decoder of ${dtype}`);
    const values = new Float32Array(DTYPES[dtype].block);
    for (let done = 0; done < count; done += values.length) {
      decoder(bytes, offset + (done / values.length) * stride, values, 0);
      out.set(values, at + done);
    }
  };

/**
 * Values of a row as numbers, by encoding. Block encodings: 32 values share a binary16 scale; q8_0 holds signed bytes, q4_0 nibbles less 8,
 * the low ones first. Source: ggml's block_q8_0 and block_q4_0. Other blocks: as lent.
 */
export const decodeRow: Readonly<Record<DType, Decode>> = {
  ...(Object.fromEntries(Object.keys(DTYPES).map((dtype) => [dtype, byLent(dtype as DType)])) as Record<DType, Decode>),
  f32: (bytes, offset, stride, count, out, at) => {
    const values = new Float32Array(bytes.buffer, bytes.byteOffset + offset, 1 + ((count - 1) * stride) / 4);
    const step = stride / DTYPES.f32.bytes;
    for (let i = 0; i < count; i++) out[at + i] = values[i * step]!;
  },
  i32: (bytes, offset, stride, count, out, at) => {
    const values = new Int32Array(bytes.buffer, bytes.byteOffset + offset, 1 + ((count - 1) * stride) / 4);
    for (let i = 0; i < count; i++) out[at + i] = values[(i * stride) / 4]!;
  },
  f16: (bytes, offset, stride, count, out, at) => {
    const table = f16Table();
    const values = new Uint16Array(bytes.buffer, bytes.byteOffset + offset, 1 + ((count - 1) * stride) / 2);
    for (let i = 0; i < count; i++) out[at + i] = table[values[(i * stride) / 2]!]!;
  },
  bf16: (bytes, offset, stride, count, out, at) => {
    const values = new Uint16Array(bytes.buffer, bytes.byteOffset + offset, 1 + ((count - 1) * stride) / 2);
    for (let i = 0; i < count; i++) out[at + i] = decodeBf16(values[(i * stride) / 2]!);
  },
  q8_0,
  q4_0,
};
