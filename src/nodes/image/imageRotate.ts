import { gridOfImage, imageOfGrid } from "../../image/grids.ts";
import { ROTATIONS, rotate } from "../../image/turn.ts";
import { combo, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** Clockwise. */
export const ImageRotate = node({
  name: "ImageRotate",
  displayName: "Rotate Image",
  category: "image/transform",
  pythonModule: "comfy_extras.nodes_images",
  inputs: { image: IMAGE.link(), rotation: combo(ROTATIONS, { form: "object" }) },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, rotation }) => ({ IMAGE: imageOfGrid(rotate(gridOfImage(image), rotation)) }),
});
