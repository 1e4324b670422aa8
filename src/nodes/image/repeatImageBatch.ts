import { imageBatch } from "../../image/image.ts";
import { repeatTo } from "../../image/repeatTo.ts";
import { int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** The batch several times over. */
export const RepeatImageBatch = node({
  name: "RepeatImageBatch",
  displayName: "Repeat Image Batch",
  category: "image/batch",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["duplicate image", "clone image"],
  inputs: { image: IMAGE.link(), amount: int({ default: 1, min: 1, max: 4096 }) },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, amount }) => {
    const batch = image.batch * amount;
    return { IMAGE: imageBatch({ ...image, batch }, repeatTo(image.data, image.batch, batch)) };
  },
});
