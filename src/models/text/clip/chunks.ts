import type { Encode } from "../bundledTokenizer.ts";
import { type WeightedTokens, weightedParts } from "../weightedTokens.ts";

/** Tokens with a part of their own in a chunk. */
export interface ClipMarks {
  readonly start: number;
  readonly end: number;
  /** What fills a chunk up behind its end: CLIP-L's is its end token again, CLIP-G's 0. */
  readonly pad: number;
  /** Tokens of a chunk, marks included. */
  readonly length: number;
}

/** Source: golden/text/clip_tokens. */
export const CLIP_L_MARKS: ClipMarks = { start: 49_406, end: 49_407, pad: 49_407, length: 77 };

/** A part of the prompt with fewer tokens is not cut in two where a chunk ends. */
const CUT_FROM = 8;

/**
 * A prompt as chunks of equal length, at least one: start token, text, end token, pads. Throws as `promptWeights` does.
 * Source: golden/text/clip_tokens.
 */
export function clipChunks(encode: Encode, prompt: string, marks: ClipMarks = CLIP_L_MARKS): WeightedTokens[] {
  const room = marks.length - 2;
  const chunks: { ids: number[]; weights: number[] }[] = [{ ids: [], weights: [] }];
  for (const { ids, weight } of weightedParts(encode, prompt)) {
    const cut = ids.length >= CUT_FROM;
    for (let from = 0; from < ids.length; ) {
      const chunk = chunks.at(-1)!;
      const left = room - chunk.ids.length;
      const fits = ids.length - from <= left;
      const taken = ids.slice(from, fits ? ids.length : from + (cut ? left : 0));
      chunk.ids.push(...taken);
      chunk.weights.push(...taken.map(() => weight));
      from += taken.length;
      if (!fits) chunks.push({ ids: [], weights: [] });
    }
  }
  return chunks.map(({ ids, weights }) => framed(ids, weights, marks));
}

/** The chunk of an empty prompt. */
export const emptyChunk = (marks: ClipMarks = CLIP_L_MARKS): WeightedTokens => framed([], [], marks);

function framed(
  ids: readonly number[],
  weights: readonly number[],
  { start, end, pad, length }: ClipMarks,
): WeightedTokens {
  const behind = length - ids.length - 2;
  return {
    ids: [start, ...ids, end, ...Array<number>(behind).fill(pad)],
    weights: [1, ...weights, 1, ...Array<number>(behind).fill(1)],
  };
}

/** Where the pooled text is: the first end token of a chunk. */
export const pooledRow = (ids: readonly number[], end = CLIP_L_MARKS.end): number => Math.max(0, ids.indexOf(end));
