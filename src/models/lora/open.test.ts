import { expect, test } from "vitest";
import type { WeightSource } from "../../formats/weightSource.ts";
import { openLora } from "./open.ts";

/** A file of f32 tensors that read as `value` throughout. */
function file(shapes: Readonly<Record<string, readonly number[]>>, value = 2): WeightSource {
  return {
    path: "style.safetensors",
    identity: "1",
    fileBytes: 0,
    metadata: {},
    tensors: new Map(
      Object.entries(shapes).map(([name, shape]) => {
        const bytes = 4 * shape.reduce((n, size) => n * size, 1);
        return [name, { name, encoding: "F32" as const, shape, offset: 0, bytes }];
      }),
    ),
    read: async (_name, _offset, into) =>
      void into.set(new Uint8Array(new Float32Array(into.length / 4).fill(value).buffer)),
    close: async () => {},
  };
}

const LORA = { "a.lora_A.weight": [4, 16], "a.lora_B.weight": [8, 4] };

test("sizes, rank and alpha", async () => {
  const { adapters, weights, unused } = await openLora(file({ ...LORA, "a.alpha": [] }));
  expect(adapters).toEqual([
    {
      stem: "a",
      kind: "LoRA",
      form: { kind: "low-rank", chain: { weights: ["a.lora_A.weight", "a.lora_B.weight"], rows: 8, columns: 16 } },
      rank: 4,
      rows: 8,
      columns: 16,
      scale: 0.5,
    },
  ]);
  expect(weights.map(({ name, role, shape }) => [name, role, shape])).toEqual([
    ["a.lora_A.weight", "matrix", [4, 16]],
    ["a.lora_B.weight", "matrix", [8, 4]],
  ]);
  expect(unused).toEqual([]);
});

test.each([
  ["DoRA", { ...LORA, "a.dora_scale": [8, 1] }, 2],
  ["LoKr", { "a.lokr_w1": [2, 4], "a.lokr_w2_a": [4, 3], "a.lokr_w2_b": [3, 4] }, 3],
  ["LoHa", { "a.hada_w1_a": [8, 1], "a.hada_w1_b": [1, 16], "a.hada_w2_a": [8, 2], "a.hada_w2_b": [2, 16] }, 2],
  ["diff", { "a.diff": [8, 16] }, 1],
  ["diff", { "a.diff": [8] }, 1],
  ["set", { "a.set_weight": [8, 16] }, 1],
  ["LoRA", { "a.lora_down.weight": [4, 16, 1, 1], "a.lora_up.weight": [8, 4, 1, 1] }, 2],
])("%s %j", async (kind, shapes, weights) => {
  const lora = await openLora(file(shapes as Record<string, number[]>));
  expect(lora.adapters.map((adapter) => [adapter.kind, adapter.rows])).toEqual([[kind, 8]]);
  expect(lora.weights.length).toBeGreaterThanOrEqual(weights);
});

test("what is not understood is named with the reason, the rest is used", async () => {
  const { adapters, unused } = await openLora(
    file({ ...LORA, "b.lora_A.weight": [4, 4], "c.oft_blocks": [2, 2], "d.weight": [3], "a.lora_up.weight": [8, 4] }),
  );
  expect(adapters.map(({ stem }) => stem)).toEqual(["a"]);
  expect(unused.map(({ name, why }) => `${name} ${why}`)).toMatchInlineSnapshot(`
    [
      "d.weight is no part of a LoRA that is known",
      "a.lora_up.weight says a second time what another tensor says",
      "b.lora_A.weight lacks its other half",
      "c.oft_blocks is of a kind that is not supported (OFT, or factors of convolutions)",
    ]
  `);
});

test.each([
  [{ "a.lora_A.weight": [4, 16], "a.lora_B.weight": [8, 5] }],
  [{ ...LORA, "a.lora_mid.weight": [4, 3] }],
  [{ ...LORA, "a.dora_scale": [7, 1] }],
  [{ ...LORA, "a.alpha": [2] }],
  [{ "a.hada_w1_a": [8, 2], "a.hada_w1_b": [3, 16], "a.hada_w2_a": [8, 2], "a.hada_w2_b": [2, 16] }],
  [{ "a.hada_w1_a": [8, 2], "a.hada_w1_b": [2, 16], "a.hada_w2_a": [4, 2], "a.hada_w2_b": [2, 16] }],
])("factors that do not fit: %j", async (shapes) => {
  const error: unknown = await openLora(file(shapes as Record<string, number[]>)).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "broken-model" });
  expect((error as Error).message).toMatchSnapshot();
});

test("an alpha that is no number", () =>
  expect(openLora(file({ ...LORA, "a.alpha": [1] }, Number.NaN))).rejects.toThrowErrorMatchingInlineSnapshot(
    `[BrokenModel: style.safetensors: tensor a.alpha is NaN, expected a number. The file is incomplete, or of a variant that is not supported; get it again.]`,
  ));

test.each([
  [{ "double_stream_modulation_img.lin.weight": [4, 4] }],
  [{ "decoder.conv_in.weight": [4, 4, 3, 3] }],
  [{ "a.oft_blocks": [4, 2, 2] }],
  [{}],
])("no LoRA: %j", async (shapes) => {
  const error: unknown = await openLora(file(shapes as Record<string, number[]>)).catch((error: unknown) => error);
  expect(error).toMatchObject({ code: "wrong-model" });
  expect((error as Error).message).toMatchSnapshot();
});
