import { totalPixels } from "../../image/totalPixels.ts";
import { combo, float, int, node, told } from "../declare.ts";
import { INT } from "../kinds.ts";

const RATIOS = [
  "1:1 (Square)",
  "2:3 (Portrait Photo)",
  "3:2 (Photo)",
  "3:4 (Portrait Standard)",
  "4:3 (Standard)",
  "9:16 (Portrait Widescreen)",
  "16:9 (Widescreen)",
  "21:9 (Ultrawide)",
];

/** The sides of a picture of given proportions and about so many pixels. A megapixel is 1024 x 1024. */
export const ResolutionSelector = node({
  name: "ResolutionSelector",
  displayName: "Resolution Selector",
  category: "utilities",
  description: "Width and height of a picture of given proportions and about so many megapixels.",
  pythonModule: "comfy_extras.nodes_resolution",
  inputs: {
    aspect_ratio: combo(RATIOS, { form: "object", default: RATIOS[0]!, tooltip: "Width to height." }),
    megapixels: float({
      default: 1,
      min: 0.1,
      max: 16,
      step: 0.1,
      tooltip: "How many pixels in all; 1 is as many as 1024 x 1024 has.",
    }),
    multiple: int({
      default: 8,
      min: 8,
      max: 128,
      step: 4,
      advanced: true,
      tooltip: "Both sides are multiples of it.",
    }),
  },
  outputs: {
    width: told(INT.output, "The width in pixels."),
    height: told(INT.output, "The height in pixels."),
  },
  execute: ({ aspect_ratio, megapixels, multiple }) => {
    const [width, height] = aspect_ratio.split(" ")[0]!.split(":").map(Number) as [number, number];
    return totalPixels(width, height, megapixels, multiple);
  },
});
