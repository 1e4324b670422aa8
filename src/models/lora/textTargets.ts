import type { TextEncoder } from "../text/open.ts";
import type { FindTarget, RowOrder, Target } from "./target.ts";

/** What a text encoder's layers start with in a LoRA file; a transformer's may be called layers too. */
const OURS = /^(lora_te\d?_|text_encoders?\.|te\d?\.|base_model\.|model\.|layers\.)/;
/** Other encoders, which have layers of the same names. */
const OTHERS = /text_model|clip_[lg]\b|t5xxl/;

/**
 * The layers of a text encoder by the names of LoRA files: `text_encoders.<encoder>.transformer.model.layers.N...` and shorter, kohya's
 * `lora_te_...`, PEFT's. Layers behind the last tap are no part of the model and not found. Source: the published files.
 */
export function textTargets({ weights, dims }: TextEncoder): FindTarget {
  const found = new Map<string, Target>();
  for (const { name: weight } of weights) {
    const name = weight.replace(/\.weight$/, "");
    const order = orderOf(name, dims);
    const target: Target = { weight, ...(order && { order }) };
    found.set(name, target);
    found.set(name.replaceAll(".", "_"), target);
  }
  return (stem) => {
    if (!OURS.test(stem) || OTHERS.test(stem)) return undefined;
    const at = stem.search(/(?<![^._])layers[._]\d/);
    return at < 0 ? undefined : found.get(stem.slice(at));
  };
}

function orderOf(name: string, { neighbours, heads, kvHeads }: TextEncoder["dims"]): RowOrder | undefined {
  if (!neighbours) return undefined;
  if (name.endsWith("self_attn.q_proj")) return { kind: "neighbours", heads };
  if (name.endsWith("self_attn.k_proj")) return { kind: "neighbours", heads: kvHeads };
  return undefined;
}
