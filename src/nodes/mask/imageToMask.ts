import { combo, node } from "../declare.ts";
import { NodeInputError } from "../errors.ts";
import { IMAGE, MASK } from "../kinds.ts";

const CHANNELS = ["red", "green", "blue", "alpha"];

/** One channel of a picture. */
export const ImageToMask = node({
  name: "ImageToMask",
  displayName: "Convert Image to Mask",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["extract channel", "channel to mask"],
  inputs: { image: IMAGE.link(), channel: combo(CHANNELS, { form: "object" }) },
  outputs: { MASK: MASK.output },
  execute: ({ image: { width, height, batch, channels, data }, channel }) => {
    const index = CHANNELS.indexOf(channel);
    if (index >= channels)
      throw new NodeInputError(`ImageToMask: the picture has ${channels} channels, and no ${channel}`);
    const mask = new Float32Array(batch * width * height);
    for (let i = 0; i < mask.length; i++) mask[i] = data[i * channels + index]!;
    return { MASK: { batch, width, height, data: mask } };
  },
});
