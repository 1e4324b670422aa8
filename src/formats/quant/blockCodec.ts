import { f16Values } from "../halfFloat.ts";

/**
 * The reference decoder of one block encoding: `values` values share `bytes` bytes. `decode` writes the block that starts at byte `at` to
 * `out` from `to` on. Exact: every product and sum is rounded to f32 where gguf-py's is, so values equal its own bit for bit. Slow and
 * plain: the compute library has fast ones, and tests hold them to these.
 */
export interface BlockCodec {
  readonly values: number;
  readonly bytes: number;
  decode(block: Uint8Array, at: number, out: Float32Array, to: number): void;
}

/** The f16 at byte `at`, little-endian. */
export const f16At = (bytes: Uint8Array, at: number): number => f16Values()[u16At(bytes, at)]!;

export const u16At = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);

/** Unsigned 32 bits. */
export const u32At = (bytes: Uint8Array, at: number): number => (u16At(bytes, at) | (u16At(bytes, at + 2) << 16)) >>> 0;

/** Signed 8 bits. */
export const i8At = (bytes: Uint8Array, at: number): number => (bytes[at]! << 24) >> 24;
