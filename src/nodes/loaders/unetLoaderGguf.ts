import { combo, node } from "../declare.ts";
import { MODEL } from "../kinds.ts";
import { DIFFUSION_MODELS, diffusionModel } from "./diffusionModel.ts";
import { fileFingerprint } from "./openFile.ts";

/** A diffusion model in GGUF, under the name that workflows made with ComfyUI-GGUF have for it. */
export const UnetLoaderGGUF = node({
  name: "UnetLoaderGGUF",
  displayName: "Unet Loader (GGUF)",
  category: "bootleg",
  pythonModule: "custom_nodes.ComfyUI-GGUF",
  inputs: { unet_name: combo(({ list }) => list(DIFFUSION_MODELS).filter((name) => /\.gguf$/i.test(name))) },
  outputs: { MODEL: MODEL.output },
  fingerprint: ({ unet_name }, context) => fileFingerprint(DIFFUSION_MODELS, unet_name, context),
  execute: async ({ unet_name }, context) => ({ MODEL: await diffusionModel(unet_name, context) }),
});
