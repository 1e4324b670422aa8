import { gridOfMask } from "../../image/grids.ts";
import { imageBatch } from "../../image/image.ts";
import { repeatTo } from "../../image/repeatTo.ts";
import { resample } from "../../image/resample.ts";
import { node } from "../declare.ts";
import { IMAGE, MASK } from "../kinds.ts";

/** A mask as transparency: where it is 1, nothing is seen. */
export const JoinImageWithAlpha = node({
  name: "JoinImageWithAlpha",
  displayName: "Join Image with Alpha",
  category: "image/compositing",
  pythonModule: "comfy_extras.nodes_compositing",
  searchAliases: ["add transparency", "apply alpha", "composite alpha", "RGBA"],
  inputs: { image: IMAGE.link(), alpha: MASK.link() },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, alpha }) => {
    const { width, height } = image;
    const mask = resample(gridOfMask(alpha), width, height, "bilinear");
    const batch = Math.max(image.batch, alpha.batch);
    const pictures = repeatTo(image.data, image.batch, batch);
    const masks = repeatTo(mask.data, alpha.batch, batch);
    const out = imageBatch({ width, height, channels: 4, batch });
    for (let i = 0; i < masks.length; i++) {
      for (let c = 0; c < 3; c++) out.data[4 * i + c] = pictures[image.channels * i + c]!;
      out.data[4 * i + 3] = 1 - masks[i]!;
    }
    return { IMAGE: out };
  },
});
