import { withChannels } from "../../image/withChannels.ts";
import { node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** A picture's colours, and 1 - alpha as a mask; without alpha nothing is masked. */
export const SplitImageWithAlpha = node({
  name: "SplitImageWithAlpha",
  displayName: "Split Image with Alpha",
  category: "image/compositing",
  pythonModule: "comfy_extras.nodes_compositing",
  searchAliases: ["extract alpha", "separate transparency", "remove alpha"],
  inputs: { image: IMAGE.link() },
  outputs: { IMAGE: IMAGE.output, MASK: MASK.output },
  execute: ({ image }) => {
    const { width, height, batch, channels, data } = image;
    const mask = new Float32Array(batch * height * width);
    if (channels > 3) for (let i = 0; i < mask.length; i++) mask[i] = 1 - data[channels * i + 3]!;
    return { IMAGE: withChannels(image, 3), MASK: { width, height, batch, data: mask } };
  },
});
