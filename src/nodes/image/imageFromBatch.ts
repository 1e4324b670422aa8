import { imageBatch } from "../../image/image.ts";
import { batchSlice } from "../batchSlice.ts";
import { int, node } from "../declare.ts";
import { IMAGE } from "../kinds.ts";

/** Some pictures of a batch, from a place on; below 0 it counts from the end. */
export const ImageFromBatch = node({
  name: "ImageFromBatch",
  displayName: "Get Image from Batch",
  category: "image/batch",
  pythonModule: "comfy_extras.nodes_images",
  searchAliases: ["select image", "pick from batch", "extract image"],
  inputs: {
    image: IMAGE.link(),
    batch_index: int({ default: 0, min: -16384, max: 16384 }),
    length: int({ default: 1, min: 1, max: 4096 }),
  },
  outputs: { IMAGE: IMAGE.output },
  execute: ({ image, batch_index, length }) => {
    const { from, to } = batchSlice(image.batch, batch_index, length);
    const each = image.data.length / image.batch;
    return { IMAGE: imageBatch({ ...image, batch: to - from }, image.data.slice(from * each, to * each)) };
  },
});
