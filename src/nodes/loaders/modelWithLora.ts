import { flux2Targets, type LoraFit, type LoraModel } from "../../models/lora/index.ts";
import type { WeirContext } from "../context.ts";
import type { DiffusionModel } from "../values.ts";
import { withLora } from "./adapters.ts";

/** A diffusion model with one more LoRA, and how that fits. The model that was given is as it was. */
export function modelWithLora(
  model: DiffusionModel,
  lora: LoraModel,
  strength: number,
  { runtime }: Pick<WeirContext, "runtime">,
): { readonly model: DiffusionModel; readonly fit: LoraFit } {
  const { network, adapters: before } = model;
  const { adapters, fit } = withLora(runtime, network, flux2Targets(network), before, lora, strength);
  return { model: adapters === before ? model : { ...model, ...(adapters && { adapters }) }, fit };
}
