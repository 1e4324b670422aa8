import { expect, test } from "vitest";
import { loraKey } from "./keys.ts";

test.each([
  ["diffusion_model.img_in.lora_A.weight", "diffusion_model.img_in", "down"],
  ["diffusion_model.img_in.lora_B.weight", "diffusion_model.img_in", "up"],
  ["diffusion_model.img_in.lora_A.default.weight", "diffusion_model.img_in", "down"],
  ["transformer.x_embedder.lora.up.weight", "transformer.x_embedder", "up"],
  ["proj_lora.down.weight", "proj", "down"],
  ["x.lora_B", "x", "up"],
  ["lora_unet_img_in.alpha", "lora_unet_img_in", "alpha"],
  ["lora_unet_img_in.lora_mid.weight", "lora_unet_img_in", "mid"],
  ["a.lora_linear_layer.down.weight", "a", "down"],
  ["a.dora_scale", "a", "doraScale"],
  ["lycoris_img_in.lokr_w1", "lycoris_img_in", "lokrW1"],
  ["lycoris_img_in.lokr_w2_b", "lycoris_img_in", "lokrW2B"],
  ["a.hada_w2_a", "a", "hadaW2A"],
  ["a.diff", "a", "diff"],
  ["a.diff_b", "a", "diffBias"],
  ["a.w_norm", "a", "diff"],
  ["a.set_weight", "a", "set"],
  ["a.oft_blocks", "a", "other"],
])("%s", (name, stem, part) => expect(loraKey(name)).toEqual({ stem, part }));

test.each(["img_in.weight", ".alpha", "double_blocks.0.img_attn.qkv.scale", "lora_A.weight"])(
  "%s is no part of a LoRA",
  (name) => expect(loraKey(name)).toBeNull(),
);
