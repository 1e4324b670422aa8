import { node } from "../declare.ts";
import { IMAGE, INT } from "../kinds.ts";

export const GetImageSize = node({
  name: "GetImageSize",
  displayName: "Get Image Size",
  category: "image",
  description: "The width and height of pictures, and how many there are.",
  inputs: { image: IMAGE.link() },
  outputs: { width: INT.output, height: INT.output, batch_size: INT.output },
  execute: ({ image: { width, height, batch } }) => ({ width, height, batch_size: batch }),
});
