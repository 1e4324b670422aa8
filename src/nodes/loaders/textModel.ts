import { loadTokenizer, type TextEncoder, textInputs } from "../../models/text/index.ts";
import type { LoadedModel } from "../../runtime/runtime.ts";
import type { TextModel } from "../values.ts";

/** A CLIP value from a text encoder of Flux 2: the prompt in the template it was trained with; one pass; the taps side by side. */
export function textModel(file: string, encoder: TextEncoder, loaded: LoadedModel): TextModel {
  return {
    file,
    async encode(text, signal) {
      const tokenizer = await loadTokenizer(encoder);
      const ids = tokenizer.encodePrompt(text);
      const inputs = await textInputs(encoder, ids, tokenizer.pad);
      const run = await loaded.begin([encoder.pass(ids.length)], { repeat: 1, signal });
      try {
        const [outputs] = await run.pass([inputs]);
        return [{ context: outputs!["context"]!, tokens: ids.length, width: encoder.contextWidth }];
      } finally {
        run.end();
      }
    },
  };
}
