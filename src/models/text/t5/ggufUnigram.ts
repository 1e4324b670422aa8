import { BadTokenizer } from "../../errors.ts";
import { type Encode, encoderOf } from "../bundledTokenizer.ts";
import type { ListedSource } from "../renamed.ts";

const LIST = "tokenizer.ggml.";
/** Tokens that stand for no text of their own: control tokens. */
const CONTROL = 3;

/**
 * A T5's vocabulary in a GGUF's metadata, unigrams with their scores; `null` where there is none. Texts are normed as T5's are
 * (NFKC as machine translation has it): the table for that beside the vocabulary is not read. Throws `BadTokenizer`, and as `list` does. Source: the GGUF specification, "Tokenizer"; llama.cpp's converter for T5.
 */
export async function ggufUnigram(source: ListedSource): Promise<Encode | null> {
  const { [`${LIST}model`]: model, [`${LIST}unknown_token_id`]: unknown = "2" } = source.metadata;
  if (!source.list || model === undefined) return null;
  if (model !== "t5") throw new BadTokenizer(source.path, `is of the kind ${model}, expected t5`);
  const [tokens, scores, types] = [
    await source.list(`${LIST}tokens`),
    await source.list(`${LIST}scores`),
    await source.list(`${LIST}token_type`),
  ];
  const unk_id = Number(unknown);
  if (tokens.length !== scores.length || tokens.length !== types.length || tokens[unk_id] === undefined)
    throw new BadTokenizer(
      source.path,
      `has ${tokens.length} tokens, ${scores.length} scores and ${types.length} types; its unknown token is ${unknown}`,
    );
  if (scores.some((score) => !Number.isFinite(score)))
    throw new BadTokenizer(source.path, "has a score that is no number");
  const special = tokens.flatMap((content, id) =>
    types[id] === CONTROL
      ? [
          {
            id,
            content: String(content),
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: true,
          },
        ]
      : [],
  );
  return encoderOf({
    version: "1.0",
    added_tokens: special,
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Precompiled", precompiled_charsmap: "" },
        { type: "Strip", strip_left: false, strip_right: true },
        { type: "Replace", pattern: { Regex: " {2,}" }, content: "▁" },
      ],
    },
    pre_tokenizer: { type: "Metaspace", replacement: "▁", add_prefix_space: true, prepend_scheme: "first" },
    post_processor: null,
    decoder: null,
    model: {
      type: "Unigram",
      unk_id,
      vocab: tokens.map((token, i) => [String(token), Number(scores[i])]),
      byte_fallback: false,
    },
  });
}
