import { combo, file, float, node } from "../declare.ts";
import { CLIP, MODEL } from "../kinds.ts";
import { describeFit } from "./describeFit.ts";
import { LORAS, loraFile } from "./loraFile.ts";
import { modelWithLora } from "./modelWithLora.ts";
import { fileFingerprint } from "./openFile.ts";

const STRENGTH = { default: 1, min: -100, max: 100, step: 0.01 } as const;

/** A LoRA on a diffusion model and its text encoder. Reads its header; its factors move with the blocks they change. */
export const LoraLoader = node({
  name: "LoraLoader",
  displayName: "Load LoRA (Model and CLIP)",
  category: "model/loaders",
  description:
    "Puts a LoRA on a diffusion model and a text encoder: a small file that changes what they draw. Several can follow each other.",
  pythonModule: "nodes",
  searchAliases: ["lora", "load lora", "apply lora", "lora loader", "lora model"],
  essentialsCategory: "Image Generation",
  inputs: {
    model: MODEL.link("The diffusion model the LoRA is put on."),
    clip: CLIP.link("The text encoder the LoRA is put on."),
    lora_name: loraName("The name of the LoRA."),
    strength_model: float({ ...STRENGTH, tooltip: "How strongly the diffusion model is changed; may be below 0." }),
    strength_clip: float({ ...STRENGTH, tooltip: "How strongly the text encoder is changed; may be below 0." }),
  },
  outputs: {
    MODEL: { ...MODEL.output, tooltip: "The diffusion model with the LoRA." },
    CLIP: { ...CLIP.output, tooltip: "The text encoder with the LoRA." },
  },
  fingerprint: ({ lora_name }, context) => fileFingerprint(LORAS, lora_name, context),
  async execute({ model, clip, lora_name, strength_model, strength_clip }, context) {
    if (strength_model === 0 && strength_clip === 0) return { MODEL: model, CLIP: clip };
    const lora = await loraFile(lora_name, context);
    const changed = modelWithLora(model, lora, strength_model, context);
    const text = clip.withLora(lora, strength_clip);
    const warning = describeFit(lora_name, lora, [
      { file: model.file, fit: changed.fit },
      { file: clip.file, fit: text.fit },
    ]);
    if (warning !== null) context.warn(`LoraLoader: ${warning}`);
    return { MODEL: changed.model, CLIP: text.model };
  },
});

function loraName(tooltip: string) {
  const input = file(LORAS);
  return combo(input.spec.type === "COMBO" ? input.spec.options : [], { tooltip });
}
