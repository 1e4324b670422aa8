import type { WeightSource } from "../../../src/formats/weightSource.ts";
import { loadTokenizer, type TextEncoder } from "../../../src/models/text/index.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Row {
  readonly text: string;
  /** In the template, without the pads at the end. */
  readonly ids: readonly number[];
  /** With them. */
  readonly length: number;
  /** The text alone. */
  readonly raw_ids: readonly number[];
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();

/** As much of a text encoder as its tokenizer looks at: a published Qwen3 file, which brings no tokenizer of its own. */
const qwen = {
  source: { path: "qwen_3_4b.safetensors", tensors: new Map() } as unknown as WeightSource,
  dims: { vocabulary: 151_936 },
} as TextEncoder;

export const textQwenTokens: KindRunner = {
  kind: "text.qwen_tokens",
  async run(golden) {
    const tokenizer = await loadTokenizer(qwen);
    const values: Record<string, GoldenTensor> = { pad: row([tokenizer.pad]) };
    for (const [i, { text, ids }] of rows(golden)) {
      const prompt = tokenizer.encodePrompt(text);
      values[`rows.${i}.ids`] = row(prompt.subarray(0, ids.length));
      values[`rows.${i}.pads`] = row([prompt.subarray(ids.length).every((id) => id === tokenizer.pad) ? 1 : 0]);
      values[`rows.${i}.length`] = row([prompt.length]);
      values[`rows.${i}.raw_ids`] = row(tokenizer.encode(text));
    }
    return { values };
  },
  expected(golden) {
    const expected: Record<string, Expected> = { pad: row([golden.json["pad"] as number]) };
    for (const [i, { ids, length, raw_ids }] of rows(golden)) {
      expected[`rows.${i}.ids`] = row(ids);
      expected[`rows.${i}.pads`] = row([1]);
      expected[`rows.${i}.length`] = row([length]);
      expected[`rows.${i}.raw_ids`] = row(raw_ids);
    }
    return expected;
  },
};
