import { gatherRows } from "../../gatherRows.ts";
import type { Inputs } from "../../inputs.ts";
import type { T5Encoder } from "./open.ts";
import { positionBias } from "./positionBias.ts";

/** Every carried input of `encoder.pass(ids.length)`. Reads the tokens' rows of the embedding table, and the table of positions. Throws as `gatherRows` does. */
export async function t5Inputs(encoder: T5Encoder, ids: ArrayLike<number>): Promise<Inputs> {
  const { source, embeddings, positions, dims } = encoder;
  const all = Array.from({ length: dims.buckets }, (_, i) => i);
  return {
    "hidden.0": await gatherRows(source, embeddings, ids),
    positions: positionBias(await gatherRows(source, positions, all), dims.heads, ids.length),
  };
}
