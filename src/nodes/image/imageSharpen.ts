import { blur } from "../../image/blur.ts";
import { gridOfImage } from "../../image/grids.ts";
import { imageBatch } from "../../image/image.ts";
import { float, int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { checkRadius } from "./checkRadius.ts";

/** Unsharp masking: ten times alpha of what a blur takes away. */
export const ImageSharpen = node({
  name: "ImageSharpen",
  displayName: "Sharpen Image",
  category: "image/filters",
  pythonModule: "comfy_extras.nodes_post_processing",
  inputs: {
    image: IMAGE.link(),
    sharpen_radius: int({ default: 1, min: 1, max: 31, step: 1, advanced: true }),
    sigma: float({ default: 1, min: 0.1, max: 10, step: 0.01, advanced: true }),
    alpha: float({ default: 1, min: 0, max: 5, step: 0.01, advanced: true }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, sharpen_radius, sigma, alpha }) => {
    checkRadius(image, sharpen_radius);
    const soft = blur(gridOfImage(image), sharpen_radius, sigma).data;
    const sharp = image.data.map((value, i) => Math.min(Math.max(value + 10 * alpha * (value - soft[i]!), 0), 1));
    return { IMAGE: imageBatch(image, sharp) };
  },
});
