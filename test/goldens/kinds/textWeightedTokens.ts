import { bundledTokenizer } from "../../../src/models/text/bundledTokenizer.ts";
import { CLIP_L_MARKS, clipChunks } from "../../../src/models/text/clip/index.ts";
import { t5Tokens } from "../../../src/models/text/t5/index.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Chunk {
  readonly ids: readonly number[];
  /** All 1 where there are none. */
  readonly weights: readonly number[] | null;
}
interface T5Row extends Chunk {
  readonly text: string;
  readonly length_flux: number;
  readonly length_sd3: number;
}
interface ClipRow {
  readonly text: string;
  readonly l: readonly Chunk[];
  readonly g_last_chunk_ids: readonly number[];
}
const rows = <Row>(golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();
const weightsOf = ({ ids, weights }: Chunk) => weights ?? ids.map(() => 1);

export const textT5Tokens: KindRunner = {
  kind: "text.t5_tokens",
  async run(golden) {
    const encode = await bundledTokenizer("t5");
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { text, ids }] of rows<T5Row>(golden)) {
      const flux = t5Tokens(encode, text);
      values[`rows.${i}.ids`] = row(flux.ids.slice(0, ids.length));
      values[`rows.${i}.pads`] = row([flux.ids.slice(ids.length).every((id) => id === 0) ? 1 : 0]);
      values[`rows.${i}.weights`] = row(flux.weights.slice(0, ids.length));
      values[`rows.${i}.lengths`] = row([flux.ids.length, t5Tokens(encode, text, 77).ids.length]);
    }
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, chunk] of rows<T5Row>(golden)) {
      expected[`rows.${i}.ids`] = row(chunk.ids);
      expected[`rows.${i}.pads`] = row([1]);
      expected[`rows.${i}.weights`] = row(weightsOf(chunk));
      expected[`rows.${i}.lengths`] = row([chunk.length_flux, chunk.length_sd3]);
    }
    return expected;
  },
};

export const textClipTokens: KindRunner = {
  kind: "text.clip_tokens",
  async run(golden) {
    const encode = await bundledTokenizer("clip");
    const values: Record<string, GoldenTensor> = {};
    for (const [i, { text }] of rows<ClipRow>(golden)) {
      const chunks = clipChunks(encode, text);
      values[`rows.${i}.chunks`] = row([chunks.length]);
      for (const [n, { ids, weights }] of chunks.entries()) {
        values[`rows.${i}.l.${n}.ids`] = row(ids);
        values[`rows.${i}.l.${n}.weights`] = row(weights);
      }
      values[`rows.${i}.g`] = row(clipChunks(encode, text, { ...CLIP_L_MARKS, pad: 0 }).at(-1)!.ids);
    }
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = {};
    for (const [i, { l, g_last_chunk_ids }] of rows<ClipRow>(golden)) {
      expected[`rows.${i}.chunks`] = row([l.length]);
      for (const [n, chunk] of l.entries()) {
        expected[`rows.${i}.l.${n}.ids`] = row(chunk.ids);
        expected[`rows.${i}.l.${n}.weights`] = row(weightsOf(chunk));
      }
      expected[`rows.${i}.g`] = row(g_last_chunk_ids);
    }
    return expected;
  },
};
