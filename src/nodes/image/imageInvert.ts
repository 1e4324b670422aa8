import { imageBatch } from "../../image/image.ts";
import { node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** 1 - value, alpha too: that is what ComfyUI does. */
export const ImageInvert = node({
  name: "ImageInvert",
  displayName: "Invert Image Colors",
  category: "image/color",
  pythonModule: "nodes",
  searchAliases: ["reverse colors"],
  essentialsCategory: "Image Tools",
  inputs: { image: IMAGE.link() },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image }) => ({
    IMAGE: imageBatch(
      image,
      image.data.map((value) => 1 - value),
    ),
  }),
});
