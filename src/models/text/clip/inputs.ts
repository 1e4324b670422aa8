import { gatherRows } from "../../gatherRows.ts";
import type { Inputs } from "../../inputs.ts";
import { textMask } from "../mask.ts";
import type { ClipEncoder } from "./open.ts";

/** No id of a text: pads are seen here, as far as anything behind a token is. */
const NO_PAD = -1;

/** Every carried input of `encoder.pass(...)` for one chunk of ids, `dims.tokens` of them. Reads their rows of the tables. Throws as `gatherRows` does. */
export async function clipInputs(encoder: ClipEncoder, ids: ArrayLike<number>): Promise<Inputs> {
  const { source, embeddings, positions } = encoder;
  const places = Array.from({ length: ids.length }, (_, i) => i);
  const [tokens, place] = [await gatherRows(source, embeddings, ids), await gatherRows(source, positions, places)];
  return { "hidden.0": tokens.map((value, i) => value + place[i]!), mask: textMask(ids, NO_PAD) };
}
