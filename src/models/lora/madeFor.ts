import { quote } from "../../formats/quote.ts";
import type { LoraModel } from "./open.ts";

/** Names that only one family of models has, most telling first. Source: the published key lists of each. */
const FAMILIES: readonly (readonly [what: string, sign: RegExp])[] = [
  ["Flux 2", /double_stream_modulation|single_stream_modulation|to_qkv_mlp_proj|[._]ff(_context)?[._]linear_(in|out)$/],
  ["Flux 1", /img_mod[._]lin|[._]modulation[._]lin$|norm1(_context)?[._]linear$|time_text_embed|vector_in/],
  ["Stable Diffusion 3", /joint_blocks[._]|joint_transformer_blocks/],
  [
    "Stable Diffusion XL",
    /lora_te2_|add_embedding|(down|input)_blocks[._]\d+[._](attentions[._])?\d+[._]transformer_blocks[._][2-9]/,
  ],
  ["Stable Diffusion", /(down|up|mid|input|output|middle)_block(s)?[._]\d*|lora_te_text_model/],
  ["Wan", /blocks[._]\d+[._](cross|self)_attn[._][qkvo]$/],
  ["Qwen-Image", /transformer_blocks[._]\d+[._](img|txt)_(mlp|mod)[._]/],
  ["Z-Image", /layers[._]\d+[._](attention|feed_forward|adaLN_modulation)/],
  ["HunyuanVideo", /double_blocks\.\d+\.img_attn_(qkv|proj)/],
  ["a text encoder", /^(text_encoders?\.|lora_te|te\d?\.)|[._]self_attn[._][qkvo]_proj$/],
];
/** Rows per column of `img_mlp.0` and `linear1`: what is doubled by Flux 2's gated MLP tells it from Flux 1. */
const SHAPES: readonly (readonly [stem: RegExp, ratio: number, what: string])[] = [
  [/(img|txt)_mlp[._]0$/, 6, "Flux 2"],
  [/(img|txt)_mlp[._]0$/, 4, "Flux 1"],
  [/single_blocks[._]\d+[._]linear1$/, 9, "Flux 2"],
  [/single_blocks[._]\d+[._]linear1$/, 7, "Flux 1"],
];
const WIDTHS: Readonly<Record<number, string>> = { 3072: "klein 4B", 4096: "klein 9B", 6144: "dev" };
/** Layers whose input is as wide as the model. */
const HIDDEN =
  /(attn[._](qkv|to_q|add_q_proj|to_qkv_mlp_proj)|linear1|mlp[._]0|linear_in|stream_modulation_\w+[._]lin(ear)?)$/;

/** What a LoRA is made for, by its keys and sizes, for messages: "Flux 2 (6144 wide: dev)", or its first layers where nothing tells. */
export function madeFor({ adapters }: LoraModel): string {
  const shaped = adapters.map(
    ({ stem, rows, columns }) => SHAPES.find(([sign, ratio]) => sign.test(stem) && rows === ratio * columns)?.[2],
  );
  const told = FAMILIES.find(([, sign]) => adapters.some(({ stem }) => sign.test(stem)))?.[0];
  const width = adapters.find(({ stem }) => HIDDEN.test(stem))?.columns;
  // Flux 1 is 3072 wide, as klein 4B is
  const wide = width !== undefined && width !== 3072 && WIDTHS[width] !== undefined ? "Flux 2" : undefined;
  const family = shaped.find((what) => what !== undefined) ?? told ?? wide;
  if (family === undefined)
    return `a model with layers ${adapters
      .slice(0, 3)
      .map(({ stem }) => quote(stem))
      .join(", ")}`;
  if (family !== "Flux 2" || !width) return family;
  const name = WIDTHS[width];
  return `Flux 2 (${width} wide${name === undefined ? "" : `: ${name}`})`;
}
