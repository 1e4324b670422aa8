import { gatherRows } from "../gatherRows.ts";
import type { Inputs } from "../inputs.ts";
import { checkTokens } from "./checkTokens.ts";
import { textMask } from "./mask.ts";
import type { TextEncoder } from "./open.ts";
import { textRopeTables } from "./rope.ts";

/**
 * Every carried input of `encoder.pass(ids.length)`; reads the tokens' rows of the embedding table. Throws `BadModelInput` for too long
 * a text, and as `gatherRows` does.
 */
export async function textInputs(encoder: TextEncoder, ids: ArrayLike<number>, pad: number): Promise<Inputs> {
  checkTokens(ids.length);
  return {
    "hidden.0": await gatherRows(encoder.source, encoder.embeddings, ids),
    mask: textMask(ids, pad),
    ...textRopeTables(ids.length, encoder.dims.headDim),
  };
}
