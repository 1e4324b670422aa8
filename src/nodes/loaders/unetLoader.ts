import { combo, file, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";
import { DIFFUSION_MODELS, diffusionModel } from "./diffusionModel.ts";
import { fileFingerprint } from "./openFile.ts";

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
    if (weight_dtype !== "default") {
      context.warn(
        `UNETLoader: weight_dtype ${weight_dtype} saves memory by rounding weights; they are used as the file has them, and stream instead`,
      );
    }
    return { MODEL: await diffusionModel(unet_name, context) };
  },
});
