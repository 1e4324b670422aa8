import { file, float, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";
import { describeFit } from "./describeFit.ts";
import { LORAS, loraFile } from "./loraFile.ts";
import { modelWithLora } from "./modelWithLora.ts";
import { fileFingerprint } from "./openFile.ts";

/** A LoRA on a diffusion model alone. Reads its header; its factors move with the blocks they change. */
export const LoraLoaderModelOnly = node({
  name: "LoraLoaderModelOnly",
  displayName: "Load LoRA",
  category: "model/loaders",
  description: "Puts a LoRA on a diffusion model. Its file stays as it is, and so does the model's.",
  pythonModule: "nodes",
  searchAliases: ["lora", "load lora", "apply lora", "lora loader", "lora model"],
  essentialsCategory: "Image Generation",
  inputs: {
    model: MODEL.link(),
    lora_name: file(LORAS),
    strength_model: float({ default: 1, min: -100, max: 100, step: 0.01 }),
  },
  outputs: { MODEL: MODEL.output },
  // ComfyUI's class is its LoraLoader with an output less, and keeps both lines
  outputTooltips: ["The diffusion model with the LoRA.", "The text encoder with the LoRA."],
  fingerprint: ({ lora_name }, context) => fileFingerprint(LORAS, lora_name, context),
  async execute({ model, lora_name, strength_model }, context) {
    if (strength_model === 0) return { MODEL: model };
    const lora = await loraFile(lora_name, context);
    const changed = modelWithLora(model, lora, strength_model, context);
    const warning = describeFit(lora_name, lora, [{ file: model.file, fit: changed.fit }]);
    if (warning !== null) context.warn(`LoraLoaderModelOnly: ${warning}`);
    return { MODEL: changed.model };
  },
});
