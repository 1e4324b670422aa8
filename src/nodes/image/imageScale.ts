import { roundHalfEven } from "../../image/roundHalfEven.ts";
import { SCALING_METHODS } from "../../image/scaleGrid.ts";
import { combo, int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

/** To width x height; a side of 0 keeps the proportions, two keep the picture. */
export const ImageScale = node({
  name: "ImageScale",
  displayName: "Upscale Image",
  category: "image/upscaling",
  pythonModule: "nodes",
  searchAliases: ["resize", "resize image", "scale image", "image resize", "zoom", "zoom in", "change size"],
  essentialsCategory: "Image Tools",
  inputs: {
    image: IMAGE.link(),
    upscale_method: combo(SCALING_METHODS),
    width: int({ default: 512, min: 0, max: 16384, step: 1 }),
    height: int({ default: 512, min: 0, max: 16384, step: 1 }),
    crop: combo(["disabled", "center"]),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, upscale_method, width, height, crop }) => {
    if (width === 0 && height === 0) return { IMAGE: image };
    const other = (known: number, own: number, otherOwn: number) =>
      Math.max(1, roundHalfEven((otherOwn * known) / own));
    const w = width === 0 ? other(height, image.height, image.width) : width;
    const h = height === 0 ? other(width, image.width, image.height) : height;
    return { IMAGE: scaled(image, w, h, upscale_method, crop) };
  },
});
