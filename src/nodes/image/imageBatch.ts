import { imageBatch } from "../../image/image.ts";
import { withChannels } from "../../image/withChannels.ts";
import { node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";
import { scaled } from "./scaled.ts";

/** Both batches in one; the second takes the first one's size, and alpha where either has it. */
export const ImageBatch = node({
  name: "ImageBatch",
  displayName: "Batch Images (DEPRECATED)",
  category: "image/batch",
  pythonModule: "nodes",
  searchAliases: ["combine images", "merge images", "stack images"],
  deprecated: true,
  inputs: { image1: IMAGE.link(), image2: IMAGE.link() },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image1, image2 }) => {
    const channels = Math.max(image1.channels, image2.channels);
    const first = withChannels(image1, channels);
    const second = scaled(withChannels(image2, channels), first.width, first.height, "bilinear", "center");
    const all = imageBatch({ ...first, batch: first.batch + second.batch });
    all.data.set(first.data);
    all.data.set(second.data, first.data.length);
    return { IMAGE: all };
  },
});
