import { expect, test } from "vitest";
import { flux2Shapes } from "../../../test/support/flux2File.ts";
import { headerSource } from "../../../test/support/headerSource.ts";
import { openFlux2 } from "../flux2/index.ts";
import { fitLora } from "./fit.ts";
import { flux2Targets } from "./flux2Targets.ts";
import { openLora } from "./open.ts";

const model = openFlux2(headerSource(flux2Shapes({ hidden: 128, double: 1, single: 1, context: 6 })));
const pair = (stem: string, rows: number, columns: number, rank = 4) => ({
  [`${stem}.lora_A.weight`]: [rank, columns],
  [`${stem}.lora_B.weight`]: [rows, rank],
});
const fitted = async (...layers: readonly Readonly<Record<string, number[]>>[]) => {
  const lora = await openLora(headerSource(Object.assign({}, ...layers) as Record<string, number[]>));
  const { patches, unknown, mismatched } = fitLora(lora, model, flux2Targets(model));
  return {
    patches: patches.map(({ adapter, target }) => [adapter.stem, target.weight, target.rows?.first]),
    unknown: unknown.map(({ stem }) => stem),
    mismatched: mismatched.map(({ adapter, wanted }) => [adapter.stem, wanted]),
  };
};

test("what fits, what is unknown, what has other sizes", async () =>
  expect(
    await fitted(
      pair("diffusion_model.img_in", 128, 128),
      pair("transformer.transformer_blocks.0.attn.to_k", 128, 128),
      pair("diffusion_model.double_blocks.0.img_attn.qkv", 128, 128),
      pair("diffusion_model.double_blocks.7.img_attn.qkv", 384, 128),
      { "transformer.transformer_blocks.0.attn.norm_q.diff": [128], "diffusion_model.img_in.diff_b": [128] },
    ),
  ).toEqual({
    patches: [
      ["diffusion_model.img_in", "img_in.weight", undefined],
      ["transformer.transformer_blocks.0.attn.to_k", "double_blocks.0.img_attn.qkv.weight", 128],
      ["transformer.transformer_blocks.0.attn.norm_q", "double_blocks.0.img_attn.norm.query_norm.scale", undefined],
    ],
    unknown: ["diffusion_model.img_in", "diffusion_model.double_blocks.7.img_attn.qkv"],
    mismatched: [["diffusion_model.double_blocks.0.img_attn.qkv", [384, 128]]],
  }));

test("one layer in two spellings is changed once, other rows of it on their own", async () =>
  expect(
    (
      await fitted(
        pair("diffusion_model.single_blocks.0.linear1_qkv", 384, 128),
        pair("lora_unet_single_blocks_0_linear1_qkv", 384, 128),
        pair("transformer.single_transformer_blocks.0.attn.to_q", 128, 128),
        pair("diffusion_model.single_blocks.0.linear1", 1152, 128),
      )
    ).patches,
  ).toEqual([
    ["lora_unet_single_blocks_0_linear1_qkv", "single_blocks.0.linear1.weight", 0],
    ["transformer.single_transformer_blocks.0.attn.to_q", "single_blocks.0.linear1.weight", 0],
    ["diffusion_model.single_blocks.0.linear1", "single_blocks.0.linear1.weight", undefined],
  ]));
