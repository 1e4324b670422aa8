import type { Encode } from "./bundledTokenizer.ts";
import { promptWeights } from "./promptWeights.ts";

/** Tokens of a text, and how much each counts; 1 without prompt weights. */
export interface WeightedTokens {
  readonly ids: readonly number[];
  readonly weights: readonly number[];
}

/** A prompt's parts as tokens: each is cut into tokens on its own. Throws as `promptWeights` does. */
export const weightedParts = (encode: Encode, prompt: string): { readonly ids: number[]; readonly weight: number }[] =>
  promptWeights(prompt).map(({ text, weight }) => ({ ids: encode(text), weight }));

/** Whether any token counts for more or less than it would. */
export const isWeighted = ({ weights }: WeightedTokens): boolean => weights.some((weight) => weight !== 1);
