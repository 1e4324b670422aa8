import { gatherRows } from "../gatherRows.ts";
import type { Inputs } from "../inputs.ts";
import { checkTokens } from "./checkTokens.ts";
import { FAMILIES } from "./family.ts";
import { leftPads } from "./leftPads.ts";
import { textMask } from "./mask.ts";
import type { TextEncoder } from "./open.ts";
import { forNeighbours, textRopeTables } from "./rope.ts";

/**
 * Every carried input of `encoder.pass(ids.length)`. `pad` is the id that the encoder does not read: Qwen3's texts have it at their end,
 * Mistral 3's at their start. Reads the tokens' rows of the embedding table. Throws `BadModelInput` for too long
 * a text, and as `gatherRows` does.
 */
export async function textInputs(encoder: TextEncoder, ids: ArrayLike<number>, pad: number): Promise<Inputs> {
  checkTokens(ids.length);
  const { family, headDim, neighbours } = encoder.dims;
  const halves = textRopeTables(ids.length, headDim, FAMILIES[family].theta);
  const tables = neighbours ? forNeighbours(halves, headDim) : halves;
  return {
    "hidden.0": await gatherRows(encoder.source, encoder.embeddings, ids),
    ...(family === "mistral3" ? leftPads(ids, pad, tables) : { mask: textMask(ids, pad), ...tables }),
  };
}
