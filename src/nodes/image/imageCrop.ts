import { gridOfImage, imageOfGrid } from "../../image/grids.ts";
import { cut } from "../../image/window.ts";
import { int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** A rectangle of the picture; what would lie outside is left out, and at least one pixel stays. */
export const ImageCrop = node({
  name: "ImageCrop",
  displayName: "Crop Image (DEPRECATED)",
  category: "image/transform",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["trim"],
  essentialsCategory: "Image Tools",
  deprecated: true,
  inputs: {
    image: IMAGE.link(),
    width: int({ default: 512, min: 1, max: 16384, step: 1 }),
    height: int({ default: 512, min: 1, max: 16384, step: 1 }),
    x: int({ default: 0, min: 0, max: 16384, step: 1 }),
    y: int({ default: 0, min: 0, max: 16384, step: 1 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, ...wanted }) => {
    const x = Math.min(wanted.x, image.width - 1);
    const y = Math.min(wanted.y, image.height - 1);
    const width = Math.min(wanted.width, image.width - x);
    const height = Math.min(wanted.height, image.height - y);
    return { IMAGE: imageOfGrid(cut(gridOfImage(image), { x, y, width, height })) };
  },
});
