import { SCALING_METHODS } from "../../image/scaleGrid.ts";
import { totalPixels } from "../../image/totalPixels.ts";
import { combo, float, int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

/** To about so many pixels, with the same proportions. A megapixel is 1024 x 1024. */
export const ImageScaleToTotalPixels = node({
  name: "ImageScaleToTotalPixels",
  displayName: "Scale Image to Total Pixels",
  category: "image/upscaling",
  pythonModule: "comfy_extras.nodes_post_processing",
  inputs: {
    image: IMAGE.link(),
    upscale_method: combo(SCALING_METHODS, { form: "object" }),
    megapixels: float({ default: 1, min: 0.01, max: 16, step: 0.01 }),
    resolution_steps: int({ default: 1, min: 1, max: 256, advanced: true }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, upscale_method, megapixels, resolution_steps }) => {
    const { width, height } = totalPixels(image.width, image.height, megapixels, resolution_steps);
    return { IMAGE: scaled(image, width, height, upscale_method) };
  },
});
