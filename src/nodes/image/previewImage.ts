import { node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { previewPrefix } from "./previewPrefix.ts";
import { savePictures } from "./savePictures.ts";

/** Pictures to look at: saved into the temp folder, under a name that no other preview has. */
export const PreviewImage = node({
  name: "PreviewImage",
  displayName: "Preview Image",
  category: "image",
  description: "Shows pictures without keeping them.",
  pythonModule: "nodes",
  searchAliases: ["preview", "preview image", "show image", "view image", "display image", "image viewer"],
  essentialsCategory: "Basics",
  inputs: { images: IMAGE.link() },
  hidden: { prompt: "PROMPT", extra_pnginfo: "EXTRA_PNGINFO" },
  outputs: { images: IMAGE.output },
  outputNode: true,
  async execute({ images }, context) {
    return { outputs: { images }, ui: { ...(await savePictures(images, previewPrefix(), "temp", context)) } };
  },
});
