import { BLEND_MODES, blend } from "../../image/blend.ts";
import { imageBatch } from "../../image/image.ts";
import { repeatTo } from "../../image/repeatTo.ts";
import { withChannels } from "../../image/withChannels.ts";
import { combo, float, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

/** The second picture over the first, by a mode; it takes the first one's size. */
export const ImageBlend = node({
  name: "ImageBlend",
  displayName: "Blend Images",
  category: "image/filters",
  pythonModule: "comfy_extras.nodes_post_processing",
  searchAliases: ["mix images"],
  essentialsCategory: "Image Tools",
  inputs: {
    image1: IMAGE.link(),
    image2: IMAGE.link(),
    blend_factor: float({ default: 0.5, min: 0, max: 1, step: 0.01 }),
    blend_mode: combo(Object.keys(BLEND_MODES), { form: "object" }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image1, image2, blend_factor, blend_mode }) => {
    const { width, height, channels } = image1;
    const above = scaled(withChannels(image2, channels), width, height, "bicubic", "center");
    // a batch of one serves every picture of the other
    const batch = Math.max(image1.batch, above.batch);
    const [a, b] = [repeatTo(image1.data, image1.batch, batch), repeatTo(above.data, above.batch, batch)];
    return { IMAGE: imageBatch({ ...image1, batch }, blend(a, b, blend_mode, blend_factor)) };
  },
});
