import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { SCALING_METHODS } from "../../image/scaleGrid.ts";
import { combo, float, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

/** Both sides times a factor. */
export const ImageScaleBy = node({
  name: "ImageScaleBy",
  displayName: "Upscale Image By",
  category: "image/upscaling",
  pythonModule: "nodes",
  essentialsCategory: "Image Tools",
  inputs: {
    image: IMAGE.link(),
    upscale_method: combo(SCALING_METHODS),
    scale_by: float({ default: 1, min: 0.01, max: 8, step: 0.01 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, upscale_method, scale_by }) => ({
    IMAGE: scaled(image, roundHalfEven(image.width * scale_by), roundHalfEven(image.height * scale_by), upscale_method),
  }),
});
