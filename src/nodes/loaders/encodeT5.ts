import { emptyT5, type T5Encoder, t5Inputs } from "../../models/text/t5/index.ts";
import { weighContext } from "../../models/text/weighContext.ts";
import { isWeighted, type WeightedTokens } from "../../models/text/weightedTokens.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import { type Adapters, toldOf } from "./adapters.ts";

/** A text's context [tokens, width]: one pass, with the empty prompt's beside it where weights want it. Throws as `t5Inputs` and `begin` do. */
export async function encodeT5(
  { loaded, encoder }: { readonly loaded: LoadedModel; readonly encoder: T5Encoder },
  text: WeightedTokens,
  { signal, adapters }: { readonly signal?: AbortSignal; readonly adapters?: Adapters | undefined } = {},
): Promise<Float32Array> {
  const all = isWeighted(text) ? [text, emptyT5(text.ids.length)] : [text];
  const passes = all.map(({ ids }) => encoder.pass(ids.length));
  const inputs = await Promise.all(all.map(({ ids }) => t5Inputs(encoder, ids)));
  const run = await loaded.begin(passes, { repeat: 1, ...(signal && { signal }), ...toldOf(adapters) });
  try {
    const [context, empty] = (await run.pass(inputs)).map((output) => output["context"]!);
    return empty ? weighContext(context!, empty, text.weights) : context!;
  } finally {
    run.end();
  }
}
