import type { Model } from "../model.ts";
import type { FindTarget, Target } from "./target.ts";

/** Where a layer's own name begins in a LoRA's, and what must stand before it if anything does. */
interface Spelling {
  readonly start: RegExp;
  readonly before: RegExp;
}

const CLIP: Spelling = {
  start: /text_model[._]encoder[._]layers[._]/,
  before: /^(lora_te1?_|te1?\.|text_encoder\.|(text_encoders\.)?clip_l\.(transformer\.)?|base_model\.model\.)?$/,
};
const T5: Spelling = {
  start: /encoder[._]block[._]/,
  before:
    /^(lora_te[23]_|te[23]\.|text_encoder_[23]\.|(text_encoders\.)?t5xxl\.(transformer\.)?|base_model\.model\.)?$/,
};

/**
 * The layers of CLIP-L and of T5 by the names of LoRA files: kohya's `lora_te1_text_model_...` and `lora_te2_encoder_block_...`, diffusers'
 * `text_encoder.` and `text_encoder_2.`, ComfyUI's `text_encoders.clip_l.transformer.` and `text_encoders.t5xxl.transformer.`. Source: the
 * published files.
 */
export const clipTargets = (model: Model): FindTarget => targets(model, CLIP);
export const t5Targets = (model: Model): FindTarget => targets(model, T5);

function targets({ weights }: Model, { start, before }: Spelling): FindTarget {
  const found = new Map<string, Target>();
  for (const { name: weight } of weights) {
    if (!weight.endsWith(".weight")) continue;
    const name = weight.slice(0, -".weight".length);
    found.set(name, { weight });
    found.set(name.replaceAll(".", "_"), { weight });
  }
  return (stem) => {
    const at = stem.search(start);
    return at < 0 || !before.test(stem.slice(0, at)) ? undefined : found.get(stem.slice(at));
  };
}
