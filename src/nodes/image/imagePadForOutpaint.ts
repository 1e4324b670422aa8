import { padForOutpaint } from "../../image/padForOutpaint.ts";
import { int, node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** Grey margins to be filled, and the mask that says so. */
export const ImagePadForOutpaint = node({
  name: "ImagePadForOutpaint",
  displayName: "Pad Image for Outpainting",
  category: "image/transform",
  pythonModule: "nodes",
  searchAliases: ["extend canvas", "expand image"],
  inputs: {
    image: IMAGE.link(),
    left: int({ default: 0, min: 0, max: 16384, step: 8 }),
    top: int({ default: 0, min: 0, max: 16384, step: 8 }),
    right: int({ default: 0, min: 0, max: 16384, step: 8 }),
    bottom: int({ default: 0, min: 0, max: 16384, step: 8 }),
    feathering: int({ default: 40, min: 0, max: 16384, step: 1, advanced: true }),
  },
  outputs: { IMAGE: IMAGE.output, MASK: MASK.output },
  execute: ({ image, feathering, ...margins }) => {
    const padded = padForOutpaint(image, margins, feathering);
    return { IMAGE: padded.image, MASK: padded.mask };
  },
});
