import { describe, expect, test } from "vitest";
import { openTextEncoder } from "../../src/models/text/open.ts";
import { kleinTemplate } from "../../src/models/text/template.ts";
import { loadTokenizer } from "../../src/models/text/tokenizer.ts";
import { sharedExists, sharedJson, sharedSource } from "./shared.ts";

interface Rows {
  readonly template: string;
  readonly pad: number;
  readonly rows: readonly { text: string; ids: number[]; length: number; raw_ids: number[] }[];
}

describe.skipIf(!sharedExists)("tokens", () => {
  test("Qwen's, as klein uses them", async () => {
    const golden = (await sharedJson("golden/text/qwen_tokens")) as Rows;
    const tokenizer = await qwen();
    expect(golden.rows.length).toBeGreaterThan(30);
    expect(tokenizer.pad).toBe(golden.pad);
    expect(kleinTemplate("{}")).toBe(golden.template);
    for (const { text, ids, length, raw_ids } of golden.rows) {
      const padded = tokenizer.encodePrompt(text);
      expect(padded.length, text).toBe(length);
      expect([...padded.subarray(0, ids.length)], text).toEqual(ids);
      expect(new Set(padded.subarray(ids.length)), text).toEqual(new Set([golden.pad]));
      expect(tokenizer.encode(text), text).toEqual(raw_ids);
    }
  });

  test.each(["red-circle", "star-night", "square-left", "heart-hills"])("the file's own: %s", async (name) => {
    const { params } = (await sharedJson(`golden/demo/${name}`)) as { params: { prompt: string } };
    const golden = await sharedSource(`golden/demo/${name}`);
    const entry = golden.tensors.get("in.token_ids")!;
    const bytes = new Uint8Array(entry.bytes);
    await golden.read(entry.name, 0, bytes);
    const source = await sharedSource("demo-models/text_encoders/weir-demo-te");
    const tokenizer = await loadTokenizer(openTextEncoder(source));
    expect(tokenizer.pad).toBe(459);
    expect([...tokenizer.encodePrompt(params.prompt)]).toEqual([...new BigInt64Array(bytes.buffer)].map(Number));
    await golden.close();
    await source.close();
  });

  test("a long text is tokenised, in time that grows with its length", async () => {
    const tokenizer = await qwen();
    // Quadratic work would take minutes here, and the test's time limit would end it.
    for (const part of ["a", "a b ", "猫"])
      expect(tokenizer.encode(part.repeat(100_000 / part.length)).length).toBeGreaterThan(700);
  });
});

/** The published vocabulary needs an encoder with as many rows; its header is all that is looked at. */
async function qwen() {
  const source = await sharedSource("golden/text/qwen3_weights");
  const encoder = openTextEncoder(source);
  await source.close();
  return loadTokenizer({ ...encoder, dims: { ...encoder.dims, vocabulary: 151_936 } });
}
