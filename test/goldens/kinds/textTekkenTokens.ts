import { openSafetensors } from "../../../src/formats/safetensors.ts";
import { loadTokenizer, type TextEncoder } from "../../../src/models/text/index.ts";
import { devTemplate } from "../../../src/models/text/template.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { type Expected, type KindRunner, row } from "../kindRunner.ts";

interface Row {
  readonly text: string;
  /** In the template, the start token before it. */
  readonly ids: readonly number[];
  /** The text alone. */
  readonly raw_ids: readonly number[];
}
const rows = (golden: GoldenCase) => (golden.json["rows"] as Row[]).entries();
const points = (text: string) => row(Array.from(text, (character) => character.codePointAt(0)!));

export const textTekkenTokens: KindRunner = {
  kind: "text.tekken_tokens",
  async run(golden) {
    const source = await openSafetensors(golden.find(`${golden.name}.safetensors`));
    try {
      const encoder = { source, dims: { family: "mistral3", vocabulary: 131_072 } } as TextEncoder;
      const tokenizer = await loadTokenizer(encoder);
      const values: Record<string, GoldenTensor> = { template: points(devTemplate("{}")) };
      for (const [i, { text }] of rows(golden)) {
        values[`rows.${i}.ids`] = row(tokenizer.encodePrompt(text));
        values[`rows.${i}.raw_ids`] = row(tokenizer.encode(text));
      }
      return { values };
    } finally {
      await source.close();
    }
  },
  expected(golden) {
    const expected: Record<string, Expected> = { template: points(golden.json["template"] as string) };
    for (const [i, { ids, raw_ids }] of rows(golden)) {
      expected[`rows.${i}.ids`] = row(ids);
      expected[`rows.${i}.raw_ids`] = row(raw_ids);
    }
    return expected;
  },
};
