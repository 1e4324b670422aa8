import { imageOfMask } from "../../image/imageOfMask.ts";
import { node } from "../declare.ts";
import { previewPrefix } from "../image/previewPrefix.ts";
import { savePictures } from "../image/savePictures.ts";
import { MASK } from "../kinds.ts";

/** Masks to look at, as grey pictures in the temp folder. */
export const MaskPreview = node({
  name: "MaskPreview",
  displayName: "Preview Mask",
  category: "image/mask",
  description: "Shows masks without keeping them.",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["show mask", "view mask", "inspect mask", "debug mask"],
  inputs: { mask: MASK.link() },
  hidden: { prompt: "PROMPT", extra_pnginfo: "EXTRA_PNGINFO" },
  outputs: { mask: MASK.output },
  outputNode: true,
  async execute({ mask }, context) {
    const pictures = await savePictures(imageOfMask(mask), previewPrefix(), "temp", context);
    return { outputs: { mask }, ui: { ...pictures } };
  },
});
