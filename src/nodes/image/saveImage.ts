import { node, text } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { savePictures } from "./savePictures.ts";

export const SaveImage = node({
  name: "SaveImage",
  displayName: "Save Image",
  category: "image",
  description: "Saves pictures into the output folder.",
  pythonModule: "nodes",
  searchAliases: ["save", "save image", "export image", "output image", "write image", "download"],
  essentialsCategory: "Basics",
  inputs: {
    images: IMAGE.link("The pictures to save."),
    filename_prefix: text({
      default: "ComfyUI",
      tooltip: "How file names start; folder/name and %width%, %height%, %year%, ... are possible.",
    }),
  },
  hidden: { prompt: "PROMPT", extra_pnginfo: "EXTRA_PNGINFO" },
  outputs: { images: IMAGE.output },
  outputNode: true,
  saves: true,
  async execute({ images, filename_prefix }, context) {
    return { outputs: { images }, ui: { ...(await savePictures(images, filename_prefix, "output", context)) } };
  },
});
