import { canny } from "../../image/canny.ts";
import { imageOfMask } from "../../image/imageOfMask.ts";
import { float, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** The edges of a picture, white on black: where it changes by more than the high threshold, and where by more than the low one beside that. */
export const Canny = node({
  name: "Canny",
  displayName: "Detect Edges (Canny)",
  category: "image/filters",
  pythonModule: "comfy_extras.nodes_canny",
  searchAliases: ["edge detection", "outline", "contour detection", "line art"],
  essentialsCategory: "Image Tools",
  inputs: {
    image: IMAGE.link(),
    low_threshold: float({ default: 0.4, min: 0.01, max: 0.99, step: 0.01 }),
    high_threshold: float({ default: 0.8, min: 0.01, max: 0.99, step: 0.01 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, low_threshold, high_threshold }) => ({
    IMAGE: imageOfMask(canny(image, low_threshold, high_threshold)),
  }),
});
