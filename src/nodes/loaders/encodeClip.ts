import { CLIP_L_MARKS, type ClipEncoder, clipInputs, emptyChunk, pooledRow } from "../../models/text/clip/index.ts";
import { weighContext } from "../../models/text/weighContext.ts";
import { isWeighted, type WeightedTokens } from "../../models/text/weightedTokens.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import { type Adapters, toldOf } from "./adapters.ts";

/** What CLIP says of a text: a row for each token of its chunks, one behind the other, and all of it as one row. */
export interface ClipText {
  /** [tokens of all chunks, width] */
  readonly context: Float32Array;
  /** [width]: the first chunk's end token, not projected. */
  readonly pooled: Float32Array;
}

export interface ClipRun {
  readonly signal?: AbortSignal;
  readonly adapters?: Adapters | undefined;
  /** Which layer makes the context, counted from the last (1). */
  readonly stop?: number;
  readonly marks?: typeof CLIP_L_MARKS;
}

/** One pass over all chunks together, with the empty prompt's behind them where weights want it. Throws as `clipInputs` and `begin` do. */
export async function encodeClip(
  { loaded, encoder }: { readonly loaded: LoadedModel; readonly encoder: ClipEncoder },
  chunks: readonly WeightedTokens[],
  { signal, adapters, stop = 1, marks = CLIP_L_MARKS }: ClipRun = {},
): Promise<ClipText> {
  const all = chunks.some(isWeighted) ? [...chunks, emptyChunk(marks)] : chunks;
  const inputs = await Promise.all(all.map(({ ids }) => clipInputs(encoder, ids)));
  const run = await loaded.begin(
    all.map(() => encoder.pass(stop)),
    { repeat: 1, ...(signal && { signal }), ...toldOf(adapters) },
  );
  try {
    const outputs = await run.pass(inputs);
    const contexts = outputs.map((output) => output[stop > 1 ? "context" : "last"]!);
    const empty = contexts[chunks.length];
    const { hidden, tokens } = encoder.dims;
    const context = new Float32Array(chunks.length * tokens * hidden);
    for (const [i, { weights }] of chunks.entries())
      context.set(empty ? weighContext(contexts[i]!, empty, weights) : contexts[i]!, i * tokens * hidden);
    const row = pooledRow(chunks[0]!.ids, marks.end);
    return { context, pooled: outputs[0]!["last"]!.slice(row * hidden, (row + 1) * hidden) };
  } finally {
    run.end();
  }
}
