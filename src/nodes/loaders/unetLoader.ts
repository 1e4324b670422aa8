import type { QuantOptions } from "../../formats/quant/checkpoint/quantOptions.ts";
import { combo, file, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";
import { DIFFUSION_MODELS, diffusionModel } from "./diffusionModel.ts";
import { fileFingerprint } from "./openFile.ts";

/** What weights are rounded to. "fast" is about activations on some hardware: the weights are the same. */
const CASTS: Readonly<Record<string, QuantOptions["cast"]>> = {
  fp8_e4m3fn: "F8_E4M3",
  fp8_e4m3fn_fast: "F8_E4M3",
  fp8_e5m2: "F8_E5M2",
};

/** A diffusion model. Reads its header; weights move when a sampler needs them. */
export const UNETLoader = node({
  name: "UNETLoader",
  displayName: "Load Diffusion Model",
  category: "model/loaders",
  pythonModule: "nodes",
  inputs: {
    unet_name: file(DIFFUSION_MODELS),
    weight_dtype: combo(["default", "fp8_e4m3fn", "fp8_e4m3fn_fast", "fp8_e5m2"], { advanced: true }),
  },
  outputs: { MODEL: MODEL.output },
  fingerprint: ({ unet_name }, context) => fileFingerprint(DIFFUSION_MODELS, unet_name, context),
  async execute({ unet_name, weight_dtype }, context) {
    return { MODEL: await diffusionModel(unet_name, context, CASTS[weight_dtype]) };
  },
});
