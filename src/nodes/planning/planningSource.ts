import type { GgufSource } from "../../formats/gguf/gguf.ts";
import type { WeightSource } from "../../formats/weightSource.ts";

/** A tensor of bytes in a text encoder's file is its tokenizer, which says how many tokens a text has. */
const TOKENIZER = /(^|\.)(tekken_model|tokenizer_json|spiece_model)$/;

/** A weights file as planning sees it: its header and its tokenizer. Every weight reads as zeros, and nothing of the file is touched for it. */
export function planningSource(source: WeightSource): WeightSource {
  return {
    path: source.path,
    fileBytes: source.fileBytes,
    identity: source.identity,
    tensors: source.tensors,
    metadata: source.metadata,
    async read(name, offset, into) {
      if (TOKENIZER.test(name)) await source.read(name, offset, into);
      else into.fill(0);
    },
    close: () => source.close(),
    // a vocabulary in a GGUF's metadata, which says the same
    ...("list" in source && { list: (key: string) => (source as GgufSource).list(key) }),
  };
}
