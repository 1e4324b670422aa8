import { kind, node, optional } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { previewPrefix } from "./previewPrefix.ts";
import { savePictures } from "./savePictures.ts";

/** Two pictures to look at, one over the other with a slider between; both go into the temp folder. */
export const ImageCompare = node({
  name: "ImageCompare",
  displayName: "Compare Images",
  category: "image",
  description: "Shows two pictures over each other, with a slider between them, without keeping them.",
  pythonModule: "comfy_extras.nodes_image_compare",
  essentialsCategory: "Image Tools",
  experimental: true,
  inputs: {
    compare_view: kind<unknown>("IMAGECOMPARE").socketless(),
    image_a: optional(IMAGE.link()),
    image_b: optional(IMAGE.link()),
  },
  hidden: { prompt: "PROMPT", extra_pnginfo: "EXTRA_PNGINFO" },
  outputs: {},
  outputNode: true,
  async execute({ image_a, image_b }, context) {
    const shown = async (image: typeof image_a, side: "a" | "b", before: number) =>
      image === undefined
        ? []
        : (await savePictures(image, previewPrefix(`comfy.compare.${side}`), "temp", context, before)).images;
    const a_images = await shown(image_a, "a", 0);
    const b_images = await shown(image_b, "b", a_images.length);
    return { outputs: {}, ui: { a_images, b_images } };
  },
});
