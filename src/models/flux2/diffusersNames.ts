import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import { BrokenModel } from "../errors.ts";
import { findPrefix } from "../findPrefix.ts";

/** Only diffusers' files have it. */
const SIGN = "double_stream_modulation_img.linear.weight";

/** Published names of a double block's layers by diffusers' ones. */
const DOUBLE: Readonly<Record<string, string>> = {
  "attn.to_out.0.weight": "img_attn.proj.weight",
  "attn.to_add_out.weight": "txt_attn.proj.weight",
  "attn.norm_q.weight": "img_attn.norm.query_norm.scale",
  "attn.norm_k.weight": "img_attn.norm.key_norm.scale",
  "attn.norm_added_q.weight": "txt_attn.norm.query_norm.scale",
  "attn.norm_added_k.weight": "txt_attn.norm.key_norm.scale",
  "ff.linear_in.weight": "img_mlp.0.weight",
  "ff.linear_out.weight": "img_mlp.2.weight",
  "ff_context.linear_in.weight": "txt_mlp.0.weight",
  "ff_context.linear_out.weight": "txt_mlp.2.weight",
};
const SINGLE: Readonly<Record<string, string>> = {
  "attn.to_qkv_mlp_proj.weight": "linear1.weight",
  "attn.to_out.weight": "linear2.weight",
  "attn.norm_q.weight": "norm.query_norm.scale",
  "attn.norm_k.weight": "norm.key_norm.scale",
};
/** Queries, keys and values of a stream, which the published files have as one matrix. */
const FUSED: Readonly<Record<string, readonly [weight: string, at: number]>> = {
  "attn.to_q.weight": ["img_attn.qkv.weight", 0],
  "attn.to_k.weight": ["img_attn.qkv.weight", 1],
  "attn.to_v.weight": ["img_attn.qkv.weight", 2],
  "attn.add_q_proj.weight": ["txt_attn.qkv.weight", 0],
  "attn.add_k_proj.weight": ["txt_attn.qkv.weight", 1],
  "attn.add_v_proj.weight": ["txt_attn.qkv.weight", 2],
};
const OUTSIDE: Readonly<Record<string, string>> = {
  "x_embedder.weight": "img_in.weight",
  "context_embedder.weight": "txt_in.weight",
  "time_guidance_embed.timestep_embedder.linear_1.weight": "time_in.in_layer.weight",
  "time_guidance_embed.timestep_embedder.linear_2.weight": "time_in.out_layer.weight",
  "time_guidance_embed.guidance_embedder.linear_1.weight": "guidance_in.in_layer.weight",
  "time_guidance_embed.guidance_embedder.linear_2.weight": "guidance_in.out_layer.weight",
  "double_stream_modulation_img.linear.weight": "double_stream_modulation_img.lin.weight",
  "double_stream_modulation_txt.linear.weight": "double_stream_modulation_txt.lin.weight",
  "single_stream_modulation.linear.weight": "single_stream_modulation.lin.weight",
  "proj_out.weight": "final_layer.linear.weight",
};
/** Its halves, shift and scale, are the other way round. */
const TURNED: readonly [theirs: string, ours: string] = [
  "norm_out.linear.weight",
  "final_layer.adaLN_modulation.1.weight",
];

/** Bytes of a tensor of the file. */
interface Part {
  readonly name: string;
  readonly from: number;
  readonly bytes: number;
}

/**
 * A Flux 2 transformer as diffusers saves it (Flux2Transformer2DModel, one file), seen under the published names; any other file as it is. What is
 * several tensors there is read as one, row behind row: the bytes are the published file's. Names of the file can be read too. Throws
 * `BrokenModel` where parts of one matrix are in several encodings, or have scales of their own. Source: diffusers' `transformer_flux2.py`
 * and its script that converts the published files.
 */
export function underPublishedNames(source: WeightSource): WeightSource {
  const prefix = findPrefix(source, SIGN);
  if (prefix === null) return source;
  const tensors = new Map(source.tensors);
  const joined = new Map<string, readonly Part[]>();
  const fused = new Map<string, TensorEntry[]>();
  for (const [full, entry] of source.tensors) {
    if (!full.startsWith(prefix)) continue;
    const name = full.slice(prefix.length);
    const [, kind, block, layer] = /^((?:single_)?transformer_blocks)\.(\d+)\.(.+)$/.exec(name) ?? [];
    if (kind === undefined) {
      const ours = own(OUTSIDE, name);
      if (ours !== undefined) tensors.set(prefix + ours, entry);
      continue;
    }
    const double = kind === "transformer_blocks";
    const place = `${prefix}${double ? "double" : "single"}_blocks.${block}.`;
    const ours = own(double ? DOUBLE : SINGLE, layer!);
    if (ours !== undefined) tensors.set(place + ours, entry);
    const part = double ? own(FUSED, layer!) : undefined;
    if (part === undefined) continue;
    const parts = fused.get(place + part[0]) ?? [];
    parts[part[1]] = entry;
    fused.set(place + part[0], parts);
  }
  for (const [name, entries] of fused) {
    const first = entries.find((entry) => entry !== undefined)!;
    const { encoding, shape } = first;
    for (const entry of [0, 1, 2].map((at) => entries[at])) {
      if (entry === undefined)
        throw new BrokenModel(source.path, name, `lacks one of its three parts beside ${first.name}`);
      if (entry.layer)
        throw new BrokenModel(source.path, entry.name, "is a part of a matrix, and quantised with a scale of its own");
      if (entry.encoding !== encoding || entry.shape.length !== 2 || entry.shape[1] !== shape[1])
        throw new BrokenModel(
          source.path,
          entry.name,
          `is ${entry.encoding} [${entry.shape}], and the same matrix's ${first.name} ${encoding} [${shape}]`,
        );
    }
    const rows = entries.reduce((sum, entry) => sum + entry.shape[0]!, 0);
    const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
    tensors.set(name, { ...recodedOf(entries), name, encoding, shape: [rows, shape[1]!], offset: first.offset, bytes });
    joined.set(
      name,
      entries.map((entry) => ({ name: entry.name, from: 0, bytes: entry.bytes })),
    );
  }
  const last = source.tensors.get(prefix + TURNED[0]);
  if (last) {
    const name = prefix + TURNED[1];
    if (last.layer || last.shape.length !== 2 || last.shape[0]! % 2 !== 0)
      throw new BrokenModel(source.path, last.name, `is [${last.shape}], expected two halves without scales`);
    const half = last.bytes / 2;
    tensors.set(name, { ...last, name });
    joined.set(name, [
      { name: last.name, from: half, bytes: half },
      { name: last.name, from: 0, bytes: half },
    ]);
  }
  return {
    path: source.path,
    fileBytes: source.fileBytes,
    identity: source.identity,
    metadata: source.metadata,
    tensors,
    ...(source.shapedAs && {
      shapedAs: (name: string, shape: readonly number[]) =>
        joined.has(name) ? undefined : source.shapedAs!(tensors.get(name)?.name ?? name, shape),
    }),
    async read(name, offset, into) {
      const parts = joined.get(name);
      if (!parts) return source.read(source.tensors.has(name) ? name : (tensors.get(name)?.name ?? name), offset, into);
      let start = 0;
      for (const part of parts) {
        const [from, to] = [Math.max(offset, start), Math.min(offset + into.length, start + part.bytes)];
        if (from < to)
          await source.read(part.name, part.from + from - start, into.subarray(from - offset, to - offset));
        start += part.bytes;
      }
    },
    close: () => source.close(),
  };
}

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** Bytes that all parts take in the file, where they are made into something else when they are read. */
function recodedOf(entries: readonly TensorEntry[]): Pick<TensorEntry, "recoded"> {
  const [first] = entries;
  if (!first?.recoded) return {};
  const bytes = entries.reduce((sum, entry) => sum + (entry.recoded?.bytes ?? entry.bytes), 0);
  return { recoded: { format: first.recoded.format, bytes } };
}
