import type { Shape, Tensor } from "../../src/tensor/index.ts";
import * as t from "../../src/tensor/index.ts";
import { CASES } from "./cases.ts";
import type { Input } from "./opCase.ts";
import { maskOf, randomValues } from "./operands.ts";

/** Two graphs for the same numbers: whole, and in pieces. A device must give the same bits for both. */
export interface Variant {
  readonly name: string;
  readonly inputs: Readonly<Record<string, Input>>;
  readonly shape: Shape;
  whole(x: Readonly<Record<string, Tensor>>): Tensor;
  pieces(x: Readonly<Record<string, Tensor>>): Tensor;
}

let seed = 1000 + CASES.length;
const carried = (...shape: number[]): Input => ({
  kind: "carried",
  dtype: "f32",
  values: randomValues("f32", shape, seed++),
});
const weight = (dtype: t.DType, ...shape: number[]): Input => ({
  kind: "weight",
  dtype,
  values: randomValues(dtype, shape, seed++),
});
const part = (x: Tensor, first: number, length: number) => t.cont(t.slice(x, 1, first, length));

/** Three pieces of 64, and 13 more with the last. */
const TOKENS = 205;

export const VARIANTS: readonly Variant[] = [
  // Attention by queries: flux2's, with one head of keys to each of queries, and the text encoders', with several and a mask.
  ...[64, 128].map((rows): Variant => {
    return {
      name: `flashAttention, ${rows} queries at a time`,
      inputs: { q: carried(2, 3, TOKENS, 128), k: carried(2, 3, TOKENS, 128), v: carried(2, 3, TOKENS, 128) },
      shape: [2, TOKENS, 3, 128],
      whole: ({ q, k, v }) => t.flashAttention(q!, k!, v!, 0.1),
      pieces: ({ q, k, v }) =>
        t.inPieces(TOKENS, rows, (first, length) => t.flashAttention(t.slice(q!, 2, first, length), k!, v!, 0.1)),
    };
  }),
  {
    name: "flashAttention with a mask, 64 queries at a time",
    inputs: {
      q: carried(1, 4, TOKENS, 32),
      k: carried(1, 2, TOKENS, 32),
      v: carried(1, 2, TOKENS, 32),
      mask: { kind: "carried", dtype: "f16", values: maskOf(TOKENS, TOKENS, (row, column) => column <= row) },
    },
    shape: [1, TOKENS, 4, 32],
    whole: ({ q, k, v, mask }) => t.flashAttention(q!, k!, v!, 0.2, mask),
    pieces: ({ q, k, v, mask }) =>
      t.inPieces(TOKENS, 64, (first, length) =>
        t.flashAttention(t.slice(q!, 2, first, length), k!, v!, 0.2, t.slice(mask!, 0, first, length)),
      ),
  },
  // The VAE's attention, whose scores are made.
  {
    name: "softMax attention, 64 queries at a time",
    inputs: { q: carried(1, TOKENS, 64), k: carried(1, TOKENS, 64), v: carried(1, 64, TOKENS) },
    shape: [1, TOKENS, 64],
    whole: ({ q, k, v }) => t.mulMat(v!, t.softMax(t.mulMat(k!, q!), 0.125)),
    pieces: ({ q, k, v }) =>
      t.inPieces(TOKENS, 64, (first, length) => t.mulMat(v!, t.softMax(t.mulMat(k!, part(q!, first, length)), 0.125))),
  },
  // What looks at one token only, by tokens; and a matrix of which only some rows are used.
  ...(["f32", "f16", "bf16"] as const).flatMap((dtype): Variant[] => [
    {
      name: `mulMat ${dtype}, 64 tokens at a time`,
      inputs: { w: weight(dtype, 96, 256), x: carried(2, TOKENS, 256) },
      shape: [2, TOKENS, 96],
      whole: ({ w, x }) => t.mulMat(w!, x!),
      pieces: ({ w, x }) => t.inPieces(TOKENS, 64, (first, length) => t.mulMat(w!, part(x!, first, length))),
    },
    {
      name: `mulMat ${dtype}, rows of the matrix apart`,
      inputs: { w: weight(dtype, 96, 256), x: carried(1, TOKENS, 256) },
      shape: [1, TOKENS, 96],
      whole: ({ w, x }) => t.mulMat(w!, x!),
      pieces: ({ w, x }) => t.concat(t.mulMat(t.slice(w!, 0, 0, 32), x!), t.mulMat(t.slice(w!, 0, 32, 64), x!), 2),
    },
  ]),
  {
    name: "a gated MLP, 128 tokens at a time",
    inputs: { w1: weight("bf16", 256, 128), w2: weight("bf16", 128, 128), x: carried(2, TOKENS, 128) },
    shape: [2, TOKENS, 128],
    whole: ({ w1, w2, x }) => t.mulMat(w2!, t.swiglu(t.mulMat(w1!, x!))),
    pieces: ({ w1, w2, x }) =>
      t.inPieces(TOKENS, 128, (first, length) => t.mulMat(w2!, t.swiglu(t.mulMat(w1!, part(x!, first, length))))),
  },
];
