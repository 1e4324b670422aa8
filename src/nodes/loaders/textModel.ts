import { textTargets } from "../../models/lora/index.ts";
import { loadTokenizer, type TextEncoder, textInputs } from "../../models/text/index.ts";
import type { LoadedModel, Runtime } from "../../runtime/runtime.ts";
import type { TextModel } from "../values.ts";
import { type Adapters, toldOf, withLora } from "./adapters.ts";

/**
 * A CLIP value from a text encoder of Flux 2: the prompt in the template it was trained with; one pass; the taps side by side. `runtime`: the
 * one that `loaded` is of.
 */
export function textModel(
  file: string,
  encoder: TextEncoder,
  loaded: LoadedModel,
  runtime: Pick<Runtime, "load">,
  adapters?: Adapters,
): TextModel {
  return {
    file,
    async encode(text, signal) {
      const tokenizer = await loadTokenizer(encoder);
      const ids = tokenizer.encodePrompt(text);
      const inputs = await textInputs(encoder, ids, tokenizer.pad);
      const run = await loaded.begin([encoder.pass(ids.length)], { repeat: 1, signal, ...toldOf(adapters) });
      try {
        const [outputs] = await run.pass([inputs]);
        return [{ context: outputs!["context"]!, tokens: ids.length, width: encoder.contextWidth }];
      } finally {
        run.end();
      }
    },
    withLora(lora, strength) {
      const changed = withLora(runtime, encoder, textTargets(encoder), adapters, lora, strength);
      return { model: textModel(file, encoder, loaded, runtime, changed.adapters), fit: changed.fit };
    },
  };
}
