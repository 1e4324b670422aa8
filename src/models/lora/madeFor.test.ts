import { expect, test } from "vitest";
import { madeFor } from "./madeFor.ts";
import type { LoraModel } from "./open.ts";

const lora = (...layers: readonly (readonly [stem: string, rows: number, columns: number])[]) =>
  ({ adapters: layers.map(([stem, rows, columns]) => ({ stem, rows, columns })) }) as unknown as LoraModel;

test.each([
  [
    "Flux 2 (6144 wide: dev)",
    lora(
      ["diffusion_model.double_blocks.0.img_attn.qkv", 18432, 6144],
      ["diffusion_model.single_blocks.0.linear1", 55296, 6144],
    ),
  ],
  ["Flux 2 (3072 wide: klein 4B)", lora(["transformer.single_transformer_blocks.1.attn.to_qkv_mlp_proj", 27648, 3072])],
  ["Flux 2 (256 wide)", lora(["double_blocks.0.img_mlp.0", 1536, 256])],
  ["Flux 1", lora(["lora_unet_double_blocks_0_img_mlp_0", 12288, 3072])],
  [
    "Flux 1",
    lora(
      ["transformer.single_transformer_blocks.0.proj_mlp", 12288, 3072],
      ["transformer.transformer_blocks.0.norm1.linear", 18432, 3072],
    ),
  ],
  ["Stable Diffusion", lora(["lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q", 320, 320])],
  ["Stable Diffusion XL", lora(["lora_te2_text_model_encoder_layers_0_mlp_fc1", 5120, 1280])],
  ["Stable Diffusion 3", lora(["diffusion_model.joint_blocks.0.context_block.attn.qkv", 4608, 1536])],
  ["Qwen-Image", lora(["transformer_blocks.0.img_mlp.net.2", 3072, 12288])],
  ["Wan", lora(["diffusion_model.blocks.0.cross_attn.k", 1536, 1536])],
  ["Flux 2 (6144 wide: dev)", lora(["diffusion_model.double_blocks.0.img_attn.qkv", 18432, 6144])],
  ['a model with layers "a.b", "c"', lora(["a.b", 1, 1], ["c", 1, 1])],
])("%s", (what, file) => expect(madeFor(file)).toBe(what));
