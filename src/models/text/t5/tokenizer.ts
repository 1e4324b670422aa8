import type { WeightSource } from "../../../formats/weightSource.ts";
import { bundledTokenizer, type Encode } from "../bundledTokenizer.ts";
import { ggufUnigram } from "./ggufUnigram.ts";
import type { T5Encoder } from "./open.ts";

const loaded = new WeakMap<WeightSource, Promise<Encode>>();

/** The tokenizer of a T5: the vocabulary in a GGUF's metadata, else T5's own, which is shipped. Loaded once per encoder. Throws as `ggufUnigram` does. */
export function t5Tokenizer({ source }: Pick<T5Encoder, "source">): Promise<Encode> {
  const known = loaded.get(source);
  if (known) return known;
  const loading = ggufUnigram(source).then((own) => own ?? bundledTokenizer("t5"));
  loaded.set(source, loading);
  // A read that failed may succeed next time.
  loading.catch(() => loaded.delete(source));
  return loading;
}
