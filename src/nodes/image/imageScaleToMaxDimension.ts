import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { combo, int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

/** The longer side becomes `largest_size`, the other keeps the proportions. */
export const ImageScaleToMaxDimension = node({
  name: "ImageScaleToMaxDimension",
  displayName: "Scale Image to Max Dimension",
  category: "image/upscaling",
  pythonModule: "comfy_extras.nodes_images",
  inputs: {
    image: IMAGE.link(),
    upscale_method: combo(["area", "lanczos", "bilinear", "nearest-exact", "bilinear", "bicubic"], { form: "object" }),
    largest_size: int({ default: 512, min: 0, max: 16384, step: 1 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, upscale_method, largest_size }) => {
    const [width, height] = [image.width, image.height].map((side) =>
      roundHalfEven((side / Math.max(image.width, image.height)) * largest_size),
    );
    return { IMAGE: scaled(image, width!, height!, upscale_method) };
  },
});
