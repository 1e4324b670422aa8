import { expect, test } from "vitest";
import { promptWeights } from "../../src/models/text/index.ts";
import { sharedExists, sharedJson } from "./shared.ts";

interface Rows {
  readonly rows: readonly {
    readonly text: string;
    readonly segments: readonly (readonly [string, number | "inf"])[];
  }[];
}

test.skipIf(!sharedExists)("prompts are weighted as ComfyUI does it", async () => {
  const { rows } = (await sharedJson("golden/text/prompt_weights")) as Rows;
  expect(rows.length).toBeGreaterThan(30);
  for (const { text, segments } of rows) {
    const want = segments.map(([text, weight]) => ({
      text,
      weight: weight === "inf" ? Number.POSITIVE_INFINITY : weight,
    }));
    expect(promptWeights(text), text).toEqual(want);
  }
});
