import { expect, test } from "vitest";
import { headerSource } from "../../test/support/headerSource.ts";
import { identify } from "./registry.ts";

test.each([
  ["double_stream_modulation_img.lin.weight", "flux2", "a Flux 2 transformer"],
  ["model.diffusion_model.double_stream_modulation_img.lin.weight", "flux2", "a Flux 2 transformer"],
  ["diffusion_model.double_stream_modulation_img.lin.lora_A.weight", "lora", "a LoRA"],
  ["lora_unet_single_blocks_0_linear1.lora_up.weight", "lora", "a LoRA"],
  ["transformer.single_transformer_blocks.0.attn.to_out.lora.down.weight", "lora", "a LoRA"],
  ["double_blocks.0.img_attn.norm.key_norm.scale", "flux1", "a Flux 1 transformer"],
  ["joint_blocks.0.context_block.attn.qkv.weight", "sd3", "a Stable Diffusion 3 transformer"],
  ["model.diffusion_model.input_blocks.0.0.weight", "unet", "a Stable Diffusion checkpoint or UNet"],
  ["model.diffusion_model.label_emb.0.0.weight", "unet", "a Stable Diffusion XL checkpoint or UNet"],
  ["cond_stage_model.transformer.text_model.final_layer_norm.weight", "unet", "a Stable Diffusion 1.5 checkpoint"],
  ["cond_stage_model.model.ln_final.weight", "unet", "a Stable Diffusion 2 checkpoint"],
  ["model.layers.0.self_attn.q_norm.weight", "text-encoder", "a Qwen3 text encoder"],
  ["text_model.embeddings.token_embedding.weight", "text-encoder", "a text encoder"],
  ["bn.running_mean", "vae", "a Flux 2 VAE"],
  ["first_stage_model.decoder.conv_in.weight", "vae", "a VAE"],
  ["conv_first.weight", "upscaler", "an upscaling model"],
  ["something.else", "unknown", "a model that is not known here (its first tensors: something.else)"],
])("%s", (name, kind, what) => expect(identify(headerSource({ [name]: [1] }))).toEqual({ kind, what }));

test("a file without tensors", () => expect(identify(headerSource({})).what).toBe("a file without tensors"));
