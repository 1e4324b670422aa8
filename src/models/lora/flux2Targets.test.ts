import { expect, test } from "vitest";
import { flux2Shapes } from "../../../test/support/flux2File.ts";
import { headerSource } from "../../../test/support/headerSource.ts";
import { openFlux2 } from "../flux2/index.ts";
import { flux2Targets } from "./flux2Targets.ts";

const model = openFlux2(headerSource(flux2Shapes({ hidden: 256, double: 1, single: 2, context: 96 })));
const find = flux2Targets(model);

test("every weight of the model, by its own name behind each prefix", () => {
  for (const { name: weight } of model.weights) {
    const name = weight.replace(/\.(weight|scale)$/, "");
    const flat = name.replaceAll(".", "_");
    for (const stem of [`diffusion_model.${name}`, `transformer.${name}`, name, `lora_unet_${flat}`, `lycoris_${flat}`])
      expect(find(stem), stem).toEqual({ weight });
  }
});

test.each([
  ["transformer.transformer_blocks.0.attn.to_q", "double_blocks.0.img_attn.qkv.weight", [0, 256]],
  ["transformer_blocks.0.attn.to_k", "double_blocks.0.img_attn.qkv.weight", [256, 256]],
  ["lora_transformer_transformer_blocks_0_attn_add_v_proj", "double_blocks.0.txt_attn.qkv.weight", [512, 256]],
  ["lycoris_transformer_blocks_0_attn_to_out_0", "double_blocks.0.img_attn.proj.weight", null],
  ["transformer.transformer_blocks.0.ff_context.linear_in", "double_blocks.0.txt_mlp.0.weight", null],
  ["transformer.single_transformer_blocks.1.attn.to_qkv_mlp_proj", "single_blocks.1.linear1.weight", null],
  ["transformer.single_transformer_blocks.1.attn.to_out", "single_blocks.1.linear2.weight", null],
  ["transformer.single_transformer_blocks.1.attn.to_k", "single_blocks.1.linear1.weight", [256, 256]],
  ["transformer.single_transformer_blocks.1.proj_mlp", "single_blocks.1.linear1.weight", [768, 1536]],
  ["diffusion_model.single_blocks.0.linear1_qkv", "single_blocks.0.linear1.weight", [0, 768]],
  ["transformer.time_guidance_embed.timestep_embedder.linear_1", "time_in.in_layer.weight", null],
  ["transformer.x_embedder", "img_in.weight", null],
  ["transformer.proj_out", "final_layer.linear.weight", null],
  ["transformer.transformer_blocks.0.attn.norm_q", "double_blocks.0.img_attn.norm.query_norm.scale", null],
])("%s", (stem, weight, rows) =>
  expect(find(stem)).toEqual({ weight, ...(rows && { rows: { first: rows[0], count: rows[1] } }) }),
);

test("norm_out has its halves the other way round", () =>
  expect(find("transformer.norm_out.linear")).toEqual({
    weight: "final_layer.adaLN_modulation.1.weight",
    order: { kind: "halves" },
  }));

test("what the model lacks is not found", () => {
  for (const stem of ["guidance_in.in_layer", "transformer_blocks.1.attn.to_q", "double_blocks.9.img_attn.qkv", ""])
    expect(find(stem)).toBeUndefined();
});
