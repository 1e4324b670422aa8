import type { Encode } from "../bundledTokenizer.ts";
import { type WeightedTokens, weightedParts } from "../weightedTokens.ts";

const [PAD, END] = [0, 1];
/** Flux 1 fills its texts up to so many tokens; longer ones stay as they are. */
export const FLUX1_T5_TOKENS = 256;

/** A prompt as T5 sees it: text, end token, pads up to `least` tokens. Throws as `promptWeights` does. Source: golden/text/t5_tokens. */
export function t5Tokens(encode: Encode, prompt: string, least = FLUX1_T5_TOKENS): WeightedTokens {
  const parts = weightedParts(encode, prompt);
  const ids = [...parts.flatMap((part) => part.ids), END];
  const weights = [...parts.flatMap((part) => part.ids.map(() => part.weight)), 1];
  const pads = Math.max(0, least - ids.length);
  return { ids: [...ids, ...Array<number>(pads).fill(PAD)], weights: [...weights, ...Array<number>(pads).fill(1)] };
}

/** The tokens of an empty prompt, so many of them. */
export const emptyT5 = (length: number): WeightedTokens => ({
  ids: [END, ...Array<number>(length - 1).fill(PAD)],
  weights: Array<number>(length).fill(1),
});
