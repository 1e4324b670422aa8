import { blur } from "../../image/blur.ts";
import { gridOfImage, imageOfGrid } from "../../image/grids.ts";
import { float, int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { checkRadius } from "./checkRadius.ts";

/** A Gaussian blur. */
export const ImageBlur = node({
  name: "ImageBlur",
  displayName: "Blur Image",
  category: "image/filters",
  pythonModule: "comfy_extras.nodes_post_processing",
  inputs: {
    image: IMAGE.link(),
    blur_radius: int({ default: 1, min: 1, max: 31, step: 1 }),
    sigma: float({ default: 1, min: 0.1, max: 10, step: 0.1 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, blur_radius, sigma }) => {
    checkRadius(image, blur_radius);
    return { IMAGE: imageOfGrid(blur(gridOfImage(image), blur_radius, sigma)) };
  },
});
