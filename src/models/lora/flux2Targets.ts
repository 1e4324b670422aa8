import type { Flux2Model } from "../flux2/open.ts";
import type { FindTarget, Target } from "./target.ts";

/** What may stand before a layer's name with dots, and with underscores. */
const DOTTED = [
  "",
  "diffusion_model.",
  "model.diffusion_model.",
  "transformer.",
  "unet.",
  "base_model.model.",
  "base_model.model.transformer.",
];
const FLAT = ["lora_unet_", "lycoris_", "lora_transformer_"];

/**
 * Every name by which LoRA files know the layers of a Flux 2 transformer: the checkpoint's own, and diffusers' (with q, k and v apart),
 * each behind the prefixes of the trainers. Source: diffusers' Flux2Transformer2DModel; flux2.md, "LoRA files"; golden/flux2/lora.
 */
export function flux2Targets({ weights, dims }: Flux2Model): FindTarget {
  const found = new Map<string, Target>();
  const add = (name: string, target: Target) => {
    for (const prefix of DOTTED) found.set(prefix + name, target);
    for (const prefix of FLAT) found.set(prefix + name.replaceAll(".", "_"), target);
  };
  const known = new Set(weights.map(({ name }) => name));
  const put = (name: string, weight: string, more: Omit<Target, "weight"> = {}) => {
    if (known.has(weight)) add(name, { weight, ...more });
  };
  for (const weight of known) {
    put(weight.replace(/\.(weight|scale)$/, ""), weight);
    if (weight.endsWith(".scale")) put(weight, weight);
  }
  const { hidden: h, singleInner } = dims;
  const thirds = (block: string, names: readonly string[], weight: string) => {
    for (const [n, name] of names.entries()) put(`${block}.${name}`, weight, { rows: { first: n * h, count: h } });
  };

  for (let n = 0; n < dims.doubleBlocks; n++) {
    const theirs = `transformer_blocks.${n}`;
    const ours = `double_blocks.${n}`;
    thirds(theirs, ["attn.to_q", "attn.to_k", "attn.to_v"], `${ours}.img_attn.qkv.weight`);
    thirds(theirs, ["attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"], `${ours}.txt_attn.qkv.weight`);
    for (const [name, weight] of [
      ["attn.to_out.0", "img_attn.proj.weight"],
      ["attn.to_add_out", "txt_attn.proj.weight"],
      ["attn.norm_q", "img_attn.norm.query_norm.scale"],
      ["attn.norm_k", "img_attn.norm.key_norm.scale"],
      ["attn.norm_added_q", "txt_attn.norm.query_norm.scale"],
      ["attn.norm_added_k", "txt_attn.norm.key_norm.scale"],
      ["ff.linear_in", "img_mlp.0.weight"],
      ["ff.linear_out", "img_mlp.2.weight"],
      ["ff.net.0.proj", "img_mlp.0.weight"],
      ["ff.net.2", "img_mlp.2.weight"],
      ["ff_context.linear_in", "txt_mlp.0.weight"],
      ["ff_context.linear_out", "txt_mlp.2.weight"],
      ["ff_context.net.0.proj", "txt_mlp.0.weight"],
      ["ff_context.net.2", "txt_mlp.2.weight"],
    ] as const)
      put(`${theirs}.${name}`, `${ours}.${weight}`);
  }
  for (let n = 0; n < dims.singleBlocks; n++) {
    const theirs = `single_transformer_blocks.${n}`;
    const ours = `single_blocks.${n}`;
    const first = `${ours}.linear1.weight`;
    put(`${theirs}.attn.to_qkv_mlp_proj`, first);
    put(`${theirs}.attn.to_out`, `${ours}.linear2.weight`);
    put(`${theirs}.proj_out`, `${ours}.linear2.weight`);
    put(`${theirs}.proj_mlp`, first, { rows: { first: 3 * h, count: 2 * singleInner } });
    put(`${theirs}.attn.norm_q`, `${ours}.norm.query_norm.scale`);
    put(`${theirs}.attn.norm_k`, `${ours}.norm.key_norm.scale`);
    thirds(theirs, ["attn.to_q", "attn.to_k", "attn.to_v"], first);
    put(`${ours}.linear1_qkv`, first, { rows: { first: 0, count: 3 * h } });
  }
  for (const embed of ["time_guidance_embed", "time_text_embed"])
    for (const [theirs, ours] of [
      ["timestep_embedder", "time_in"],
      ["guidance_embedder", "guidance_in"],
    ] as const) {
      put(`${embed}.${theirs}.linear_1`, `${ours}.in_layer.weight`);
      put(`${embed}.${theirs}.linear_2`, `${ours}.out_layer.weight`);
    }
  put("x_embedder", "img_in.weight");
  put("context_embedder", "txt_in.weight");
  put("double_stream_modulation_img.linear", "double_stream_modulation_img.lin.weight");
  put("double_stream_modulation_txt.linear", "double_stream_modulation_txt.lin.weight");
  put("single_stream_modulation.linear", "single_stream_modulation.lin.weight");
  put("norm_out.linear", "final_layer.adaLN_modulation.1.weight", { order: { kind: "halves" } });
  put("proj_out", "final_layer.linear.weight");
  return (stem) => found.get(stem);
}
