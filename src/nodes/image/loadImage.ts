import { fromBytes } from "../../image/fromBytes.ts";
import { maskFromAlpha } from "../../image/maskFromAlpha.ts";
import { node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";
import { checkPicture, pictureFingerprint, pictureInput } from "./pictureInput.ts";
import { readPicture } from "./readPicture.ts";

/** A picture of the input folder, and 1 - alpha as a mask. Names may end in " [output]" or " [temp]". Source: comfyui-api.md. */
export const LoadImage = node({
  name: "LoadImage",
  displayName: "Load Image",
  category: "image",
  pythonModule: "nodes",
  searchAliases: [
    "load image",
    "open image",
    "import image",
    "image input",
    "upload image",
    "read image",
    "image loader",
  ],
  essentialsCategory: "Basics",
  inputs: { image: pictureInput() },
  outputs: { IMAGE: IMAGE.output, MASK: MASK.output },
  validates: ["image"],
  validate: checkPicture,
  fingerprint: pictureFingerprint,
  async execute({ image }, context) {
    const pixels = await readPicture(image, context);
    return { IMAGE: fromBytes(pixels), MASK: maskFromAlpha(pixels) };
  },
});
