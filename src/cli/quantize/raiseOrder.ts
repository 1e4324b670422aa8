/**
 * Matrices by how much their precision counts, most first. Source: what llama.cpp's quantize tool gives a wider type (values and what
 * leads out of an MLP, layers at both ends); for Flux 2 the same parts, double blocks before single ones.
 */
const CLASSES: readonly RegExp[] = [
  // values, and what of a layer goes back into the stream
  /(_attn\.proj|attn\.to_out(\.0)?|attn\.to_add_out|(^|\.)attn_v|v_proj|SelfAttention\.v|linear2|_mlp\.2|linear_out|ffn_down|down_proj|DenseReluDense\.wo|mlp\.fc2)\.weight$/,
  // queries and keys, alone or with the values
  /(attn\.qkv|to_[qkv]|add_[qkv]_proj|(^|\.)attn_[qk]|[qk]_proj|SelfAttention\.[qk]|o_proj|SelfAttention\.o|attn_output|attn_o|out_proj)\.weight$/,
];
const BLOCK =
  /(?:^|\.)(double_blocks|transformer_blocks|single_blocks|single_transformer_blocks|layers|blk|block)\.(\d+)\./;
/** Parts of one matrix in files that have them apart: they become one again when the model is opened. */
const PARTS = /\.(to_)[qkv]\.weight$|\.(add_)[qkv]_proj\.weight$/;

/**
 * Names in groups that take a type together, those first that should have the wider one first. Within a class, blocks at both ends of
 * their kind come before those in the middle. Pure: of names alone.
 */
export function raiseOrder(names: readonly string[]): readonly (readonly string[])[] {
  const groups = new Map<string, { names: string[]; rank: number; edge: number; kind: number; at: number }>();
  const depth = new Map<string, number>();
  for (const name of names) {
    const [, kind, block] = BLOCK.exec(name) ?? [];
    if (kind !== undefined) depth.set(kind, Math.max(depth.get(kind) ?? 0, Number(block)));
  }
  for (const [at, name] of names.entries()) {
    const key = name.replace(PARTS, (_, own: string | undefined, added: string | undefined) => `.${own ?? added}`);
    const known = groups.get(key);
    if (known) {
      known.names.push(name);
      continue;
    }
    const [, kind = "", block] = BLOCK.exec(name) ?? [];
    const found = CLASSES.findIndex((sign) => sign.test(name));
    const edge = block === undefined ? 0 : Math.min(Number(block), depth.get(kind)! - Number(block));
    groups.set(key, {
      names: [name],
      rank: found < 0 ? CLASSES.length : found,
      edge,
      kind: kind.startsWith("single") ? 1 : 0,
      at,
    });
  }
  return [...groups.values()]
    .sort((a, b) => a.rank - b.rank || a.kind - b.kind || a.edge - b.edge || a.at - b.at)
    .map(({ names }) => names);
}
