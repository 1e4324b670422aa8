import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";

/** Values of one block of random weights: enough that no matrix repeats a row, few enough to make in milliseconds. */
const BLOCK = 2 ** 21 - 1;

/**
 * Writes tensors of these shapes in bf16, in the memory of one block. Matrices and kernels are cut from blocks of random numbers, one block for each
 * power of two near 1 / sqrt(inputs), so that a pass stays finite at any depth; vectors are ones. `sparse`: holes in the file instead, which read
 * as zeros. Returns the bytes of weights.
 */
export async function writeRandom(
  path: string,
  shapes: Readonly<Record<string, readonly number[]>>,
  sparse = false,
): Promise<number> {
  const blocks = new Map<number, Uint8Array>();
  const blockFor = (inputs: number): Uint8Array => {
    const power = Math.round(Math.log2(inputs) / 2);
    const block = blocks.get(power) ?? randomBlock(power);
    blocks.set(power, block);
    return block;
  };
  const count = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1);
  const tensors = Object.entries(shapes).map(([name, shape], i): TensorToWrite => {
    const values = count(shape);
    const data = () => (shape.length === 1 ? [ones(values)] : pieces(blockFor(values / shape[0]!), 2 * values, i));
    return { name, encoding: "BF16", shape, data: sparse ? null : data };
  });
  await writeSafetensors(path, tensors);
  return Object.values(shapes).reduce((sum, shape) => sum + 2 * count(shape), 0);
}

/** bf16 numbers of either sign between 2^-power-1 and 2^-power: random mantissas under one exponent, so no float is ever made. */
function randomBlock(power: number): Uint8Array {
  const values = new Uint16Array(BLOCK);
  let state = 0x9e3779b9 ^ power;
  for (let i = 0; i < BLOCK; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    values[i] = (state & 0x807f) | ((126 - power) << 7);
  }
  return new Uint8Array(values.buffer);
}

/** Scales of norms: 1 in bf16. */
const ones = (values: number): Uint8Array => new Uint8Array(new Uint16Array(values).fill(0x3f80).buffer);

/** `bytes` bytes of a block, over and over, each tensor from another start. */
function* pieces(block: Uint8Array, bytes: number, tensor: number): Iterable<Uint8Array> {
  let start = 2 * ((tensor * 104_729) % BLOCK);
  for (let left = bytes; left > 0; ) {
    const piece = block.subarray(start, start + Math.min(left, block.length - start));
    yield piece;
    left -= piece.length;
    start = 0;
  }
}
