import { gridOfImage, imageOfGrid } from "../../image/grids.ts";
import { flipColumns, flipRows } from "../../image/turn.ts";
import { combo, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** Upside down, or left to right. */
export const ImageFlip = node({
  name: "ImageFlip",
  displayName: "Flip Image",
  category: "image/transform",
  pythonModule: "comfy_extras.nodes_images",
  inputs: {
    image: IMAGE.link(),
    flip_method: combo(["x-axis: vertically", "y-axis: horizontally"], { form: "object" }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, flip_method }) => {
    const flip = flip_method.startsWith("x") ? flipRows : flipColumns;
    return { IMAGE: imageOfGrid(flip(gridOfImage(image))) };
  },
});
