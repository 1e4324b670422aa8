import { openWeights } from "../../formats/openWeights.ts";
import { type LoraModel, openLora } from "../../models/lora/index.ts";
import type { WeirContext } from "../context.ts";
import { modelPath } from "./openFile.ts";

export const LORAS = "loras";

/** A LoRA of its folder, known to the runtime: its header and its alphas are read. Throws what opening throws, each naming the file. */
export async function loraFile(name: string, context: WeirContext): Promise<LoraModel> {
  const source = await openWeights(modelPath(LORAS, name, context), { fp8: "f16", exact: true });
  try {
    // What is loaded may read through an earlier opening of the same file.
    return context.runtime.load(await openLora(source)).model as LoraModel;
  } catch (error) {
    await source.close();
    throw error;
  }
}
