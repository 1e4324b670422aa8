import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { PlainEncoding } from "../../src/formats/weightSource.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";

/** Published names to diffusers', written out apart from the table under test. */
const NAMES: readonly (readonly [RegExp, string])[] = [
  [/^img_in\./, "x_embedder."],
  [/^txt_in\./, "context_embedder."],
  [/^time_in\.in_layer/, "time_guidance_embed.timestep_embedder.linear_1"],
  [/^time_in\.out_layer/, "time_guidance_embed.timestep_embedder.linear_2"],
  [/^guidance_in\.in_layer/, "time_guidance_embed.guidance_embedder.linear_1"],
  [/^guidance_in\.out_layer/, "time_guidance_embed.guidance_embedder.linear_2"],
  [/modulation(_img|_txt)?\.lin\./, "modulation$1.linear."],
  [/^final_layer\.linear/, "proj_out"],
  [/^final_layer\.adaLN_modulation\.1/, "norm_out.linear"],
  [/^double_blocks/, "transformer_blocks"],
  [/^single_blocks/, "single_transformer_blocks"],
  [/img_attn\.proj/, "attn.to_out.0"],
  [/txt_attn\.proj/, "attn.to_add_out"],
  [/img_attn\.norm\.query_norm\.scale/, "attn.norm_q.weight"],
  [/img_attn\.norm\.key_norm\.scale/, "attn.norm_k.weight"],
  [/txt_attn\.norm\.query_norm\.scale/, "attn.norm_added_q.weight"],
  [/txt_attn\.norm\.key_norm\.scale/, "attn.norm_added_k.weight"],
  [/\.norm\.query_norm\.scale/, ".attn.norm_q.weight"],
  [/\.norm\.key_norm\.scale/, ".attn.norm_k.weight"],
  [/img_mlp\.0/, "ff.linear_in"],
  [/img_mlp\.2/, "ff.linear_out"],
  [/txt_mlp\.0/, "ff_context.linear_in"],
  [/txt_mlp\.2/, "ff_context.linear_out"],
  [/\.linear1\./, ".attn.to_qkv_mlp_proj."],
  [/\.linear2\./, ".attn.to_out."],
];
const PARTS: Readonly<Record<string, readonly string[]>> = {
  img: ["to_q", "to_k", "to_v"],
  txt: ["add_q_proj", "add_k_proj", "add_v_proj"],
};

/** Writes a published Flux 2 transformer as diffusers saves it. `change`: what a test has of it another way. */
export async function writeDiffusersFile(
  from: string,
  to: string,
  {
    prefix = "",
    change = (tensors) => tensors,
  }: {
    readonly prefix?: string;
    readonly change?: (tensors: TensorToWrite[]) => TensorToWrite[];
  } = {},
): Promise<void> {
  const source = await openSafetensors(from);
  const tensors: TensorToWrite[] = [];
  for (const { name, encoding, shape, bytes } of source.tensors.values()) {
    const data = new Uint8Array(bytes);
    await source.read(name, 0, data);
    const put = (name: string, shape: readonly number[], data: Uint8Array) =>
      tensors.push({ name: prefix + name, encoding: encoding as PlainEncoding, shape, data });
    const [, block, stream] = /^double_blocks\.(\d+)\.(img|txt)_attn\.qkv\.weight$/.exec(name) ?? [];
    if (stream !== undefined) {
      for (const [at, part] of PARTS[stream]!.entries())
        put(
          `transformer_blocks.${block}.attn.${part}.weight`,
          [shape[0]! / 3, shape[1]!],
          data.slice((at * bytes) / 3, ((at + 1) * bytes) / 3),
        );
      continue;
    }
    const theirs = NAMES.reduce((text, [ours, theirs]) => text.replace(ours, theirs), name);
    // scale before shift
    const turned = theirs.startsWith("norm_out")
      ? Buffer.concat([data.subarray(bytes / 2), data.subarray(0, bytes / 2)])
      : data;
    put(theirs, shape, turned);
  }
  await source.close();
  await writeSafetensors(to, change(tensors));
}
