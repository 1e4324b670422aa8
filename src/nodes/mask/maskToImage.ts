import { imageBatch } from "../../image/image.ts";
import { node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** Grey in all three channels. */
export const MaskToImage = node({
  name: "MaskToImage",
  displayName: "Convert Mask to Image",
  category: "image/mask",
  pythonModule: "comfy_extras.nodes_mask",
  searchAliases: ["convert mask"],
  inputs: { mask: MASK.link() },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ mask }) => {
    const image = imageBatch({ ...mask, channels: 3 });
    for (let i = 0; i < image.data.length; i++) image.data[i] = mask.data[Math.floor(i / 3)]!;
    return { IMAGE: image };
  },
});
