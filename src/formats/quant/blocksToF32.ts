import type { BlockEncoding, WeightSource } from "../weightSource.ts";
import { BLOCK_CODECS } from "./blockCodecs.ts";
import { decodeBlocks } from "./decodeBlocks.ts";

/**
 * Values of a tensor from value `first` on, as f32, into `out`; both ends are block borders. Reads `pieceBytes` of the file at a time, so
 * that memory is one piece and the event loop turns. Throws as `read` does.
 */
export async function blocksToF32(
  source: WeightSource,
  name: string,
  encoding: BlockEncoding,
  first: number,
  out: Float32Array,
  pieceBytes: number,
): Promise<void> {
  const { values, bytes } = BLOCK_CODECS[encoding];
  if (first % values !== 0 || out.length % values !== 0)
    throw new Error(`invariant: values ${first} to ${first + out.length} of ${name} are no whole ${encoding} blocks`);
  const step = Math.max(1, Math.floor(pieceBytes / bytes)) * values;
  const scratch = new Uint8Array((Math.min(step, out.length) / values) * bytes);
  for (let done = 0; done < out.length; done += step) {
    const part = out.subarray(done, Math.min(out.length, done + step));
    const piece = scratch.subarray(0, (part.length / values) * bytes);
    await source.read(name, ((first + done) / values) * bytes, piece);
    decodeBlocks(encoding, piece, part);
  }
}
