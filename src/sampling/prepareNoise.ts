import { TorchGenerator } from "./torchGenerator.ts";

/**
 * The start noise of a latent of `shape` [batch, ...], as ComfyUI draws it: one draw of the whole shape. With `noiseInds` (a latent's
 * batch_index) each picture of the batch gets the noise it has in the batch it was taken from: one draw of [1, ...] per index from 0
 * to the largest, and the listed ones are kept.
 */
export function prepareNoise(shape: readonly number[], seed: bigint, noiseInds?: readonly number[]): Float32Array {
  const generator = new TorchGenerator(seed);
  const count = shape.reduce((product, side) => product * side, 1);
  if (noiseInds === undefined) return generator.randn(count);
  const each = count / shape[0]!;
  const draws = Array.from({ length: Math.max(...noiseInds) + 1 }, () => generator.randn(each));
  const noise = new Float32Array(noiseInds.length * each);
  for (const [i, index] of noiseInds.entries()) noise.set(draws[index]!, i * each);
  return noise;
}
